using System.Security.Cryptography;
using System.Text;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Keys;

/// <summary>Seals signing keys for the database (AES-256-GCM). The key id is authenticated too, so rows cannot be swapped.</summary>
public sealed class KeySafe : IDisposable
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly AesGcm _cipher;

    public KeySafe(ReadOnlySpan<byte> key) => _cipher = new(key, TagBytes);

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

    public byte[] Seal(SigningKey key)
    {
        var plain = key.ExportPrivate();
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        var keyId = Encoding.ASCII.GetBytes(key.KeyId);
        _cipher.Encrypt(box.AsSpan(0, NonceBytes), plain, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(^TagBytes..), keyId);
        CryptographicOperations.ZeroMemory(plain);
        return box;
    }

    public SigningKey Open(string keyId, byte[] box)
    {
        var plain = new byte[box.Length - NonceBytes - TagBytes];
        var key = ECDsa.Create();
        try
        {
            var sealedKey = box.AsSpan(NonceBytes, plain.Length);
            _cipher.Decrypt(box.AsSpan(0, NonceBytes), sealedKey, box.AsSpan(^TagBytes..), plain, Encoding.ASCII.GetBytes(keyId));
            key.ImportPkcs8PrivateKey(plain, out _);
            return new(key);
        }
        catch (CryptographicException fault)
        {
            key.Dispose();
            throw new InvalidOperationException(
                "IdBroker:KeyEncryptionKeyFile is not the file that encrypted the signing keys in this database. "
                + "Put the right file back, or empty the table signing_key.",
                fault);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public void Dispose() => _cipher.Dispose();
}
