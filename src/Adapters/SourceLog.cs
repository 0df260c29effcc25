namespace Kakehashi.Adapters;

/// <summary>
/// What happened while one file or table was read. A row with several faults counts once in <see cref="LoadedSource"/>,
/// also when the source is read in two passes.
/// </summary>
internal sealed class SourceLog(string name)
{
    private const int FirstLines = 10;

    private readonly Dictionary<(string? Column, string Code), Entry> _faults = [];
    private readonly RowSet _faulty = new();
    private long _row = -1;
    private long _place;
    private long _rows;

    public string Name => name;

    public LoadedSource Source => new(name, _rows, _faulty.Count);

    public IEnumerable<LoadFault> AllFaults => _faults.Select(
        f => new LoadFault(name, f.Key.Column, f.Key.Code, f.Value.Text, f.Value.Rows, f.Value.Lines));

    /// <summary>Starts the next row; <paramref name="place"/> is its line or key.</summary>
    public void Row(long place)
    {
        _row++;
        _place = place;
        _rows = Math.Max(_rows, _row + 1);
    }

    /// <summary>The present row's number, counted from 0.</summary>
    public long Number => _row;

    /// <summary>Starts another pass over the same rows.</summary>
    public void Rewind() => _row = -1;

    /// <summary>Goes back to a row already read.</summary>
    public void Revisit(long number, long place) => (_row, _place) = (number, place);

    /// <summary>The present row, or a cell of it, cannot be used.</summary>
    public void Note(Fault fault, string? column = null)
    {
        _faulty.Add(_row);
        var entry = Get(fault, column);
        if (entry.LastRow == _row)
        {
            return;
        }

        entry.LastRow = _row;
        entry.Rows++;
        if (entry.Lines.Count < FirstLines)
        {
            entry.Lines.Add(_place);
        }
    }

    /// <summary>Something about a whole column.</summary>
    public void Warn(Fault fault, string? column) => Get(fault, column).Rows = _rows;

    private Entry Get(Fault fault, string? column)
    {
        if (!_faults.TryGetValue((column, fault.Code), out var entry))
        {
            _faults.Add((column, fault.Code), entry = new(fault.Text));
        }

        return entry;
    }

    private sealed class Entry(string text)
    {
        public string Text => text;

        public long Rows { get; set; }

        public long LastRow { get; set; } = -1;

        public List<long> Lines { get; } = [];
    }
}
