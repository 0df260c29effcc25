using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Kakehashi.Ledger;

/// <summary>
/// Reads the whole file at start. What follows the last mark was never acknowledged, or it is whole: whole entries are
/// kept, a torn rest is cut off. Damage before a mark is damage to something acknowledged: refused.
/// </summary>
internal sealed class LedgerRecovery(SafeFileHandle file, string path)
{
    private const int BlockBytes = 1 << 20;

    private readonly LedgerContents _contents = new();
    private readonly long _length = RandomAccess.GetLength(file);
    private long _markedEnd = Frame.Header.Length;

    public async Task<LedgerContents> RunAsync(CancellationToken ct)
    {
        if (!await HasHeaderAsync(ct))
        {
            await CreateAsync(ct);
            return _contents;
        }

        await ReadFramesAsync(ct);
        await RefuseDamageBeforeAMarkAsync(ct);
        await SettleTailAsync(ct);
        return _contents;
    }

    private async Task<bool> HasHeaderAsync(CancellationToken ct)
    {
        var header = new byte[Frame.Header.Length];
        await Disk.ReadAsync(file, header, 0, ct);
        return Frame.Header.SequenceEqual(header);
    }

    /// <summary>A file that is new, or whose creation was cut short.</summary>
    private async Task CreateAsync(CancellationToken ct)
    {
        if (_length >= Frame.Header.Length && await HasContentAsync(0, ct))
        {
            throw new LedgerCorruptException(path, 0, 0, "this is not a ledger, or its header is damaged");
        }

        RandomAccess.Write(file, Frame.Header, 0);
        Disk.Flush(file);
        Disk.FlushFolder(Path.GetDirectoryName(path)!);
    }

    private async Task ReadFramesAsync(CancellationToken ct)
    {
        var frames = new FrameReader(file, Frame.Header.Length, _length);
        while (await frames.NextAsync(ct) is { Kind: FrameKind.Entry or FrameKind.Mark } frame)
        {
            var end = frames.Offset + frame.Bytes;
            if (frame.Kind == FrameKind.Entry)
            {
                _contents.Add([(frame.Bytes, frame.Leaf)], end);
            }
            else if (frame.Count == _contents.Count)
            {
                _contents.Add([], end);
                _markedEnd = end;
            }
            else
            {
                throw new LedgerCorruptException(path, _contents.Count, frames.Offset, $"a mark says that it is entry {frame.Count}");
            }
        }
    }

    /// <summary>A mark behind the place where reading stopped says that what stood there had been acknowledged.</summary>
    private async Task RefuseDamageBeforeAMarkAsync(CancellationToken ct)
    {
        await foreach (var block in BlocksAsync(_contents.End, ct))
        {
            for (var at = 0; at < block.Length; at++)
            {
                if (Frame.IsMark(block.Span[at..], out var count) && count > _contents.Count)
                {
                    throw new LedgerCorruptException(
                        path, _contents.Count, _contents.End, $"damaged, although {count} entries had been acknowledged");
                }
            }
        }
    }

    /// <summary>
    /// Entries behind the last mark are written once more before they are flushed and marked: after a flush that failed,
    /// the system may hold them in memory, think them clean and never write them.
    /// </summary>
    private async Task SettleTailAsync(CancellationToken ct)
    {
        var end = _contents.End;
        if (_markedEnd == end && !await HasContentAsync(end, ct))
        {
            return;
        }

        var tail = new byte[end - _markedEnd];
        await Disk.ReadAsync(file, tail, _markedEnd, ct);
        RandomAccess.SetLength(file, end);
        RandomAccess.Write(file, tail, _markedEnd);
        Disk.Flush(file);

        var mark = new byte[Frame.MarkBytes];
        Frame.WriteMark(mark, _contents.Count);
        RandomAccess.Write(file, mark, end);
        _contents.Add([], end + mark.Length);
    }

    private async Task<bool> HasContentAsync(long from, CancellationToken ct)
    {
        await foreach (var block in BlocksAsync(from, ct))
        {
            if (block.Span.ContainsAnyExcept((byte)0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The rest of the file in blocks, each overlapping the next by what a mark needs.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> BlocksAsync(
        long from, [EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = new byte[BlockBytes];
        for (; from < _length; from += BlockBytes - Frame.MarkBytes)
        {
            var read = await Disk.ReadAsync(file, buffer, from, ct);
            yield return buffer.AsMemory(0, read);
        }
    }
}
