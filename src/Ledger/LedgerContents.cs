namespace Kakehashi.Ledger;

/// <summary>
/// The acknowledged entries, as far as they are kept in memory: how many, where on disk (every 64th), and the frontier of
/// their tree. Safe for use by several threads.
/// </summary>
internal sealed class LedgerContents
{
    private const int Stride = 64;

    private readonly Lock _gate = new();
    private readonly List<long> _offsets = [];
    private readonly Frontier _frontier = new();
    private long _end = Frame.Header.Length;
    private TaskCompletionSource? _growth;
    private Exception? _failure;

    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _frontier.Size;
            }
        }
    }

    /// <summary>Where the next frame goes: nothing at or behind it is an acknowledged entry.</summary>
    public long End
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    public TreeHash Root()
    {
        lock (_gate)
        {
            return _frontier.Root();
        }
    }

    /// <summary>Adds entries that stand one after the other from <see cref="End"/>, then whatever reaches to the new end.</summary>
    public void Add(IEnumerable<(int Bytes, TreeHash Leaf)> entries, long end)
    {
        TaskCompletionSource? growth;
        lock (_gate)
        {
            foreach (var (bytes, leaf) in entries)
            {
                Add(leaf);
                _end += bytes;
            }

            _end = end;
            (growth, _growth) = (_growth, null);
        }

        growth?.SetResult();
    }

    /// <summary>An entry at or shortly before the wanted one, where it starts, and where the last entry ends.</summary>
    public (long Index, long Offset, long End) AtOrBefore(long index)
    {
        lock (_gate)
        {
            return (index - (index % Stride), _offsets[(int)(index / Stride)], _end);
        }
    }

    /// <summary>Returns when the entry is there; throws once it can no longer come.</summary>
    public async Task WaitForAsync(long index, CancellationToken ct)
    {
        while (GrowthBefore(index) is { } growth)
        {
            await growth.WaitAsync(ct);
        }
    }

    /// <summary>Nothing will be added any more.</summary>
    public void Fail(Exception failure)
    {
        TaskCompletionSource? growth;
        lock (_gate)
        {
            _failure = failure;
            (growth, _growth) = (_growth, null);
        }

        growth?.SetResult();
    }

    private Task? GrowthBefore(long index)
    {
        lock (_gate)
        {
            if (_frontier.Size > index)
            {
                return null;
            }

            if (_failure is not null)
            {
                throw new LedgerUnavailableException("The ledger takes no more entries.", _failure);
            }

            return (_growth ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Add(TreeHash leaf)
    {
        if (_frontier.Size % Stride == 0)
        {
            _offsets.Add(_end);
        }

        _frontier.Append(leaf);
    }
}
