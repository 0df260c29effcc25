using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Kakehashi.Contracts;

namespace Kakehashi.Node.Index;

/// <summary>
/// Makes opaque references from the biobank's own ids: the first 128 bits of HMAC-SHA256 under a secret that never
/// leaves the node (32 bytes in a file readable by the node alone, made at the first start).
/// </summary>
public sealed class ReferenceKey
{
    private const int KeyBytes = 32;

    private readonly byte[] _key;

    public ReferenceKey(byte[] key) =>
        _key = key.Length == KeyBytes ? key : throw new ArgumentException($"Expected {KeyBytes} bytes.", nameof(key));

    /// <summary>Opens the key file, or makes it when there is none.</summary>
    public static ReferenceKey OpenOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            file.Write(RandomNumberGenerator.GetBytes(KeyBytes));
            file.Flush(flushToDisk: true);
        }

        return new(File.ReadAllBytes(path));
    }

    /// <summary>Tells two keys apart without telling anything about them.</summary>
    public byte[] Fingerprint() => HMACSHA256.HashData(_key, "kakehashi reference key"u8);

    public ParticipantRef ReferenceOf(ReadOnlySpan<char> id)
    {
        Span<byte> text = stackalloc byte[512];
        var length = Encoding.UTF8.GetByteCount(id);
        var bytes = length <= text.Length ? text[..length] : new byte[length];
        Encoding.UTF8.GetBytes(id, bytes);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, bytes, mac);
        return new(BinaryPrimitives.ReadUInt128BigEndian(mac));
    }
}
