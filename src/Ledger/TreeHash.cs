using System.Buffers.Binary;

namespace Kakehashi.Ledger;

/// <summary>A SHA-256 hash of a leaf, a node or a whole tree. In text 64 lower-case hexadecimal digits.</summary>
public readonly record struct TreeHash(UInt128 High, UInt128 Low)
{
    public const int Bytes = 32;

    public static TreeHash Read(ReadOnlySpan<byte> from)
    {
        if (from.Length != Bytes)
        {
            throw new ArgumentException($"A hash has {Bytes} bytes, not {from.Length}.", nameof(from));
        }

        return new(BinaryPrimitives.ReadUInt128BigEndian(from), BinaryPrimitives.ReadUInt128BigEndian(from[16..]));
    }

    public static TreeHash Parse(string hex) => Read(Convert.FromHexString(hex));

    public void CopyTo(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt128BigEndian(to, High);
        BinaryPrimitives.WriteUInt128BigEndian(to[16..], Low);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Bytes];
        CopyTo(bytes);
        return bytes;
    }

    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
