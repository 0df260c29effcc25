using Microsoft.Win32.SafeHandles;

namespace Kakehashi.Ledger;

/// <summary>Reads frames one after the other from [start, end) of the file.</summary>
internal sealed class FrameReader(SafeFileHandle file, long start, long end, int bufferBytes = 1 << 20)
{
    private readonly byte[] _buffer = new byte[Math.Max(bufferBytes, Frame.Overhead + LedgerFile.LargestEntry)];
    private int _from;
    private int _filled;
    private long _filledTo = start;
    private Frame _current;

    /// <summary>Where the current frame starts.</summary>
    public long Offset => _filledTo - (_filled - _from);

    /// <summary>The leaf of the current entry.</summary>
    public ReadOnlySpan<byte> Leaf => _buffer.AsSpan(_from + Frame.Overhead, _current.Bytes - Frame.Overhead);

    /// <summary>The next frame; incomplete only where the range ends.</summary>
    public async ValueTask<Frame> NextAsync(CancellationToken ct)
    {
        _from += _current.Bytes;
        do
        {
            _current = Frame.Read(_buffer.AsSpan(_from.._filled));
        }
        while (_current.Kind == FrameKind.Incomplete && await FillAsync(ct));

        return _current;
    }

    private async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        _buffer.AsSpan(_from.._filled).CopyTo(_buffer);
        (_from, _filled) = (0, _filled - _from);
        var wanted = (int)Math.Min(_buffer.Length - _filled, end - _filledTo);
        var read = await Disk.ReadAsync(file, _buffer.AsMemory(_filled, wanted), _filledTo, ct);
        (_filled, _filledTo) = (_filled + read, _filledTo + read);
        return read != 0;
    }
}
