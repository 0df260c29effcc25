using Microsoft.Win32.SafeHandles;

namespace Kakehashi.Ledger;

/// <summary>
/// The one thread that writes: takes all that wait, writes them with one write, flushes once, marks them as safe and tells
/// their callers. While it flushes, the next group gathers. After any error it never writes again.
/// </summary>
internal sealed class GroupCommit
{
    /// <summary>The file grows by so much at once, so that most flushes find their blocks in place and write data alone.</summary>
    private const int Chunk = 1 << 20;

    private readonly object _gate = new();
    private readonly SafeFileHandle _file;
    private readonly LedgerContents _contents;
    private readonly Task _writing;
    private readonly byte[] _mark = new byte[Frame.MarkBytes];
    private long _length;
    private List<PendingEntry> _waiting = [];
    private List<PendingEntry> _group = [];
    private Exception? _closed;

    public GroupCommit(SafeFileHandle file, LedgerContents contents)
    {
        (_file, _contents, _length) = (file, contents, RandomAccess.GetLength(file));
        _writing = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Why nothing more is taken; null while entries are taken.</summary>
    public Exception? Closed
    {
        get
        {
            lock (_gate)
            {
                return _closed;
            }
        }
    }

    public void Add(PendingEntry entry)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                throw Unavailable(_closed);
            }

            _waiting.Add(entry);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes nothing more; returns when what was taken is on disk or refused.</summary>
    public async Task CloseAsync()
    {
        Close(new ObjectDisposedException(nameof(LedgerFile)));
        await _writing;
    }

    private void Run()
    {
        while (TakeGroup())
        {
            try
            {
                Write();
            }
#pragma warning disable CA1031 // Whatever went wrong: nothing may be acknowledged from here on, and everybody has to learn it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Close(failure);
                Refuse(failure);
                return;
            }

            var index = _contents.Count - _group.Count;
            foreach (var entry in _group)
            {
                entry.SetResult(index++);
            }
        }
    }

    /// <summary>False when closed and nothing waits.</summary>
    private bool TakeGroup()
    {
        _group.Clear();
        lock (_gate)
        {
            while (_waiting.Count == 0 && _closed is null)
            {
                Monitor.Wait(_gate);
            }

            (_group, _waiting) = (_waiting, _group);
            return _group.Count != 0;
        }
    }

    private void Write()
    {
        var start = _contents.End;
        var end = start + _group.Sum(entry => (long)entry.Bytes.Length);
        Extend(end + Frame.MarkBytes);
        RandomAccess.Write(_file, [.. _group.Select(entry => entry.Bytes)], start);
        Disk.Flush(_file);

        // Not flushed by itself: it only tells a later start that damage before it is not a torn tail.
        Frame.WriteMark(_mark, _contents.Count + _group.Count);
        RandomAccess.Write(_file, _mark, end);
        _contents.Add(_group.Select(entry => (entry.Bytes.Length, entry.Hash)), end + _mark.Length);
    }

    private void Extend(long end)
    {
        while (_length < end)
        {
            RandomAccess.Write(_file, new byte[Chunk], _length);
            _length += Chunk;
        }
    }

    private void Close(Exception reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
            Monitor.Pulse(_gate);
        }

        _contents.Fail(reason);
    }

    private void Refuse(Exception failure)
    {
        lock (_gate)
        {
            _group.AddRange(_waiting);
            _waiting.Clear();
        }

        foreach (var entry in _group)
        {
            entry.SetException(Unavailable(failure));
        }
    }

    private static LedgerUnavailableException Unavailable(Exception reason) =>
        new("The ledger takes no more entries: it is closed, or a write to it failed and it has to be opened anew.", reason);
}
