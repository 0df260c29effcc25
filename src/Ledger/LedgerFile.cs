using Microsoft.Win32.SafeHandles;

namespace Kakehashi.Ledger;

/// <summary>
/// A node's own ledger: one append-only file. What was acknowledged is on disk; what cannot be written is never
/// acknowledged, and after the first error nothing is until the file is opened anew.
/// </summary>
public sealed class LedgerFile : IAsyncDisposable
{
    /// <summary>Bytes of the largest entry.</summary>
    public const int LargestEntry = 64 * 1024;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly LedgerContents _contents;
    private readonly GroupCommit _commit;

    private LedgerFile(string path, SafeFileHandle file, LedgerContents contents) =>
        (_path, _file, _contents, _commit) = (path, file, contents, new(file, contents));

    /// <summary>Number of acknowledged entries.</summary>
    public long Count => _contents.Count;

    /// <summary>Why nothing can be appended; null while all is well.</summary>
    public Exception? Failure => _commit.Closed;

    /// <summary>
    /// Opens or creates the file, locks it against every other process, and verifies all of it. Throws
    /// <see cref="LedgerCorruptException"/> when something acknowledged is damaged.
    /// </summary>
    public static async Task<LedgerFile> OpenAsync(string path, CancellationToken ct)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            return new(path, file, await new LedgerRecovery(file, path).RunAsync(ct));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Returns the entry's index once it is on disk. Cancelling stops the waiting; the entry may still be written.
    /// </summary>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> leaf, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfZero(leaf.Length, nameof(leaf));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leaf.Length, LargestEntry, nameof(leaf));
        ct.ThrowIfCancellationRequested();
        var entry = new PendingEntry(leaf.Span, Rfc6962.Leaf(leaf.Span));
        _commit.Add(entry);
        return new(entry.Task.WaitAsync(ct));
    }

    /// <summary>
    /// Acknowledged entries from an index on: at most so many, and so many bytes (but at least one, unless there is none).
    /// </summary>
    public async Task<IReadOnlyList<byte[]>> ReadAsync(long from, int maxEntries, int maxBytes, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        var entries = new List<byte[]>();
        if (from >= Count)
        {
            return entries;
        }

        var (index, offset, end) = _contents.AtOrBefore(from);
        var frames = new FrameReader(_file, offset, end, bufferBytes: 1 << 17);
        var bytes = 0L;
        while (entries.Count < maxEntries && await frames.NextAsync(ct) is var frame && frames.Offset < end)
        {
            if (frame.Kind is FrameKind.Mark)
            {
                continue;
            }

            if (frame.Kind is not FrameKind.Entry)
            {
                throw new LedgerCorruptException(_path, index, frames.Offset, "damaged since the ledger was opened");
            }

            if (index++ < from)
            {
                continue;
            }

            bytes += frames.Leaf.Length;
            if (bytes > maxBytes && entries.Count != 0)
            {
                break;
            }

            entries.Add(frames.Leaf.ToArray());
        }

        return entries;
    }

    /// <summary>Returns once the entry is acknowledged; throws <see cref="LedgerUnavailableException"/> when it can no longer come.</summary>
    public Task WaitForAsync(long index, CancellationToken ct) => _contents.WaitForAsync(index, ct);

    /// <summary>Root of the tree over all acknowledged entries.</summary>
    public TreeHash Root() => _contents.Root();

    public async ValueTask DisposeAsync()
    {
        await _commit.CloseAsync();
        if (Failure is ObjectDisposedException && !_file.IsClosed)
        {
            Disk.Flush(_file); // the last mark
        }

        _file.Dispose();
    }
}
