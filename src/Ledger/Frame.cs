using System.Buffers.Binary;

namespace Kakehashi.Ledger;

internal enum FrameKind
{
    /// <summary>The bytes at hand end before the frame does.</summary>
    Incomplete,

    /// <summary>An entry whose check holds.</summary>
    Entry,

    /// <summary>All entries before it were on disk when it was written, and their callers could be told so.</summary>
    Mark,

    /// <summary>Neither.</summary>
    Invalid,
}

/// <summary>
/// How the file is laid out: a header, then entries and marks, then zeros kept for what comes.
/// Entry: length (4 bytes), first 4 bytes of its leaf hash, the leaf. Mark: 0xFFFFFFFF, check, number of entries before it
/// (8 bytes). Numbers are little-endian.
/// </summary>
internal readonly record struct Frame(FrameKind Kind, int Bytes, TreeHash Leaf, long Count)
{
    public const int Overhead = 8;
    public const int MarkBytes = 16;

    /// <summary>No leaf can contain it as long as leaves are UTF-8 text.</summary>
    private const uint MarkLength = uint.MaxValue;

    public static ReadOnlySpan<byte> Header => "KAKEHASHI LEDG\x01\n"u8;

    public static byte[] OfEntry(ReadOnlySpan<byte> leaf, TreeHash hash)
    {
        var frame = new byte[Overhead + leaf.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, leaf.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Check(hash));
        leaf.CopyTo(frame.AsSpan(Overhead));
        return frame;
    }

    public static void WriteMark(Span<byte> to, long count)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, MarkLength);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], MarkCheck(count));
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], count);
    }

    /// <summary>Whether a mark starts here; cheap enough to try at every byte.</summary>
    public static bool IsMark(ReadOnlySpan<byte> from, out long count)
    {
        count = from.Length < MarkBytes ? 0 : BinaryPrimitives.ReadInt64LittleEndian(from[8..]);
        return from.Length >= MarkBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(from) == MarkLength
            && BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) == MarkCheck(count);
    }

    public static Frame Read(ReadOnlySpan<byte> from)
    {
        if (from.Length < Overhead)
        {
            return default;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(from);
        return length switch
        {
            MarkLength when from.Length < MarkBytes => default,
            MarkLength when IsMark(from, out var count) => new(FrameKind.Mark, MarkBytes, default, count),
            0 or > LedgerFile.LargestEntry => new(FrameKind.Invalid, 0, default, 0),
            _ when from.Length < Overhead + (int)length => default,
            _ => ReadEntry(from, (int)length),
        };
    }

    private static Frame ReadEntry(ReadOnlySpan<byte> from, int length)
    {
        var hash = Rfc6962.Leaf(from.Slice(Overhead, length));
        return BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) == Check(hash)
            ? new(FrameKind.Entry, Overhead + length, hash, 0)
            : new(FrameKind.Invalid, 0, default, 0);
    }

    private static uint Check(TreeHash hash) => (uint)(hash.High >> 96);

    private static uint MarkCheck(long count)
    {
        Span<byte> input = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(input, count);
        return Check(Rfc6962.Leaf(input));
    }
}
