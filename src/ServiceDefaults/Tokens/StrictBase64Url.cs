using System.Buffers;
using System.Buffers.Text;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>
/// Base64url as RFC 7515 means it: its 64 characters and nothing else, no padding, and unused bits zero, so that every
/// value has exactly one spelling. The decoder of the framework forgives whitespace and '='; a signature check must not.
/// </summary>
public static class StrictBase64Url
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Letters);

    /// <summary>Null when the text is not the one spelling of some bytes.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text) =>
        text.ContainsAnyExcept(Alphabet) || !EndsCleanly(text) ? null : Base64Url.DecodeFromChars(text);

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private static bool EndsCleanly(ReadOnlySpan<char> text) => (text.Length % 4) switch
    {
        0 => true,
        2 => (Letters.IndexOf(text[^1], StringComparison.Ordinal) & 0b1111) == 0,
        3 => (Letters.IndexOf(text[^1], StringComparison.Ordinal) & 0b11) == 0,
        _ => false,
    };
}
