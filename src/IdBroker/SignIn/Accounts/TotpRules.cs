using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// One-time codes of an authenticator app (RFC 6238): six digits, thirty seconds, HMAC-SHA-1, which is what every app can do.
/// </summary>
public static class TotpRules
{
    public const int SecretBytes = 20;

    private const int Digits = 6;
    private const int Modulus = 1_000_000;
    private const int StepSeconds = 30;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; // RFC 4648 base32

    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    public static string CodeAt(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238 with SHA-1: HMAC does not need collision resistance, and many apps know no other hash.
        HMACSHA1.HashData(secret, counter, mac);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 0xF)..]) & int.MaxValue;
        return (number % Modulus).ToString($"D{Digits}", CultureInfo.InvariantCulture);
    }

    /// <summary>The time step whose code this is: now, or one step before or after; null for every other text.</summary>
    public static long? MatchingStep(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        var (current, matching) = (StepAt(now), (long?)null);
        for (var step = current - 1; step <= current + 1; step++) // always all three: the time says nothing
        {
            if (CryptographicOperations.FixedTimeEquals(Ascii(code), Ascii(CodeAt(secret, step))))
            {
                matching = step;
            }
        }

        return matching;
    }

    /// <summary>What people type: spaces between digits do not matter.</summary>
    public static string Normalise(string? typed) => string.Concat((typed ?? "").Where(letter => !char.IsWhiteSpace(letter)));

    /// <summary>As an authenticator app takes it in from a QR code.</summary>
    public static string AddressOf(ReadOnlySpan<byte> secret, string accountId) =>
        $"otpauth://totp/Kakehashi:{Uri.EscapeDataString(accountId)}?secret={Base32(secret)}&issuer=Kakehashi";

    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new char[((bytes.Length * 8) + 4) / 5];
        for (var at = 0; at < text.Length; at++)
        {
            var value = 0;
            for (var bit = at * 5; bit < (at * 5) + 5; bit++)
            {
                value = (value << 1) | (bit / 8 < bytes.Length ? (bytes[bit / 8] >> (7 - (bit % 8))) & 1 : 0);
            }

            text[at] = Alphabet[value];
        }

        return new(text);
    }

    /// <summary>Null when the text is not base32.</summary>
    public static byte[]? FromBase32(string text)
    {
        var bytes = new byte[text.Length * 5 / 8];
        for (var at = 0; at < text.Length; at++)
        {
            var value = Alphabet.IndexOf(char.ToUpperInvariant(text[at]), StringComparison.Ordinal);
            if (value < 0)
            {
                return null;
            }

            for (var bit = 0; bit < 5 && ((at * 5) + bit) / 8 < bytes.Length; bit++)
            {
                bytes[((at * 5) + bit) / 8] |= (byte)(((value >> (4 - bit)) & 1) << (7 - (((at * 5) + bit) % 8)));
            }
        }

        return bytes;
    }

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
