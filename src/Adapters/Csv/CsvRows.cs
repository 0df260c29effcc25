namespace Kakehashi.Adapters.Csv;

/// <summary>
/// One file of the mapping with the files joined to it: its columns, those lent by joins (as.column), and the rows one
/// by one, in as many passes as needed.
/// </summary>
internal sealed class CsvRows
{
    private readonly CsvFile _file;
    private readonly List<Join> _joins = [];
    private readonly List<string> _columns = [];
    private readonly Dictionary<string, ColumnUse> _uses = new(StringComparer.Ordinal);
    private readonly SourceProblems _problems;
    private readonly int _own;
    private CsvTable? _table;

    public CsvRows(CsvFile file, SourceProblems problems, CancellationToken ct)
    {
        (_file, _problems, Log) = (file, problems, new(file.Name));
        using (var table = CsvTable.Open(file.Path, file.Name, file.Dialect))
        {
            _columns.AddRange(table.Columns);
        }

        _own = _columns.Count;
        foreach (var join in file.Joins)
        {
            if (JoinedFile.Load(join, problems, ct) is { } joined)
            {
                _joins.Add(new(joined, Use(join.Column), _columns.Count));
                _columns.AddRange(joined.Columns.Select(c => $"{join.As}.{c}"));
            }
        }

        Id = Use(file.Id);
    }

    public SourceLog Log { get; }

    public IEnumerable<SourceLog> JoinLogs => _joins.Select(j => j.File.Log);

    /// <summary>The column that names the participant.</summary>
    public ColumnUse Id { get; }

    /// <summary>Asks for a column; one that is not there is a problem of the source.</summary>
    public ColumnUse Use(string name, bool shouldVary = false)
    {
        if (!_uses.TryGetValue(name, out var use))
        {
            var index = _columns.IndexOf(name);
            if (index < 0)
            {
                _problems.Missing("adapter.column-missing", $"{_file.Name}: column", name, _columns);
            }
            else if (_columns.LastIndexOf(name) != index)
            {
                _problems.Add("adapter.column-repeated", $"{_file.Name}: column '{name}' is there more than once");
            }

            _uses.Add(name, use = new(name, Math.Max(0, index)));
        }

        use.ShouldVary |= shouldVary;
        return use;
    }

    /// <summary>
    /// Goes through the rows that name a participant. Faults of whole rows are noted in the first pass only.
    /// </summary>
    public void ForEach(Action<CsvRows> row, bool first, CancellationToken ct)
    {
        const int RowsBetweenChecks = 4096;
        Log.Rewind();
        using var table = _table = CsvTable.Open(_file.Path, _file.Name, _file.Dialect);
        while (table.Read())
        {
            Log.Row(table.Line);
            if (Log.Number % RowsBetweenChecks == 0)
            {
                ct.ThrowIfCancellationRequested();
            }

            var fault = table.RowFault ?? FindJoined(first) ?? (Cell(Id).IsEmpty ? Fault.IdMissing : null);
            if (fault is null)
            {
                row(this);
            }
            else if (first)
            {
                Log.Note(fault);
            }
        }
    }

    /// <summary>The cell of the present row; empty when missing.</summary>
    public ReadOnlySpan<char> Cell(ColumnUse column)
    {
        var cell = column.Index < _own ? _table!.Cell(column.Index) : Joined(column.Index);
        column.See(cell);
        return cell;
    }

    /// <summary>Warns about columns and joined rows that cannot be right, after the last pass.</summary>
    public void Warn()
    {
        foreach (var use in _uses.Values.Where(use => use != Id))
        {
            use.Warn(Log);
        }

        foreach (var join in _joins)
        {
            join.File.NoteUnused();
        }
    }

    private ReadOnlySpan<char> Joined(int index)
    {
        var join = _joins.FindLast(j => j.FirstColumn <= index)!;
        return join.Row is { } row ? row[index - join.FirstColumn] : default;
    }

    /// <summary>Finds the joined rows. A fault only when the participant's id is in one that is not there.</summary>
    private Fault? FindJoined(bool first)
    {
        foreach (var join in _joins)
        {
            var key = Cell(join.Key);
            join.Row = key.IsEmpty ? null : join.File.Find(key);
            if (join.Row is not null || key.IsEmpty)
            {
                continue;
            }

            if (Id.Index >= join.FirstColumn)
            {
                return Fault.JoinMissing;
            }

            if (first)
            {
                Log.Note(Fault.JoinMissing, join.Key.Name);
            }
        }

        return null;
    }

    private sealed record Join(JoinedFile File, ColumnUse Key, int FirstColumn)
    {
        public IReadOnlyList<string>? Row { get; set; }
    }
}
