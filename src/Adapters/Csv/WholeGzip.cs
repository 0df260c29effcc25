using System.Buffers.Binary;
using System.IO.Compression;

namespace Kakehashi.Adapters.Csv;

/// <summary>
/// A gzip file that must be complete. <see cref="GZipStream"/> takes a file that was cut off for one that ends there, so
/// the length written at the file's end is compared with what came out.
/// </summary>
internal sealed class WholeGzip(FileStream file) : Stream
{
    private const int BlockedEnd = 28;

    private readonly byte[] _end = EndOf(file);
    private readonly GZipStream _unzipped = new(file, CompressionMode.Decompress);
    private uint _length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = _unzipped.Read(buffer);
        _length = unchecked(_length + (uint)read);
        if (read == 0 && buffer.Length > 0 && !IsWhole())
        {
            throw new InvalidDataException("the compressed file is cut off, or is several compressed files in one");
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unzipped.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>RFC 1952: the last four bytes are the length modulo 2^32. A blocked file (BGZF) ends with an empty block.</summary>
    private bool IsWhole() => _end.Length >= sizeof(uint)
        && (BinaryPrimitives.ReadUInt32LittleEndian(_end.AsSpan(^sizeof(uint)..)) == _length
            || (_end.Length == BlockedEnd && _end.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 0x08, 0x04]) && _end[^1] == 0));

    private static byte[] EndOf(FileStream file)
    {
        var end = new byte[Math.Min(BlockedEnd, file.Length)];
        file.Position = file.Length - end.Length;
        file.ReadExactly(end);
        file.Position = 0;
        return end;
    }
}
