using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Keys;

/// <summary>
/// Seals signing keys and other secrets for the database (AES-256-GCM). What a secret belongs to is authenticated with it, so
/// rows cannot be swapped.
/// </summary>
public sealed class KeySafe
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;

    public KeySafe(ReadOnlySpan<byte> key) => _key = key.ToArray();

    public static KeySafe FromSettings(IServiceProvider services) =>
        FromFile(services.GetRequiredService<IOptions<IdBrokerOptions>>().Value.KeyEncryptionKeyFile);

    /// <summary>A missing or wrong file is a configuration error that says what to do.</summary>
    public static KeySafe FromFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidOperationException(
                $"IdBroker:KeyEncryptionKeyFile: {path} does not exist. Create it once, keep it safe: head -c 32 /dev/urandom > {path}");
        }

        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes
            ? new(key)
            : throw new InvalidOperationException(
                $"IdBroker:KeyEncryptionKeyFile: {path} must hold exactly {KeyBytes} random bytes, not {key.Length}.");
    }

    /// <param name="context">What the secret belongs to; it opens only with the same.</param>
    public byte[] Seal(ReadOnlySpan<byte> plain, string context)
    {
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(_key, TagBytes); // one for each use: it is not safe for several threads
        cipher.Encrypt(
            box.AsSpan(0, NonceBytes), plain, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(^TagBytes..), Encoding.UTF8.GetBytes(context));
        return box;
    }

    /// <summary>Null when the box was not sealed here with this context.</summary>
    public byte[]? Open(ReadOnlySpan<byte> box, string context)
    {
        if (box.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[box.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        try
        {
            cipher.Decrypt(box[..NonceBytes], box[NonceBytes..^TagBytes], box[^TagBytes..], plain, Encoding.UTF8.GetBytes(context));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null; // another key, another context, or changed on the way
        }
    }
}
