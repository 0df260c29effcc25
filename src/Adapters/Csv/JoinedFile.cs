namespace Kakehashi.Adapters.Csv;

/// <summary>A small file held in memory, its rows found by key.</summary>
internal sealed class JoinedFile
{
    private readonly Dictionary<string, Row> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Row>.AlternateLookup<ReadOnlySpan<char>> _byKey;

    private JoinedFile(IReadOnlyList<string> columns, SourceLog log)
    {
        _byKey = _rows.GetAlternateLookup<ReadOnlySpan<char>>();
        (Columns, Log) = (columns, log);
    }

    public IReadOnlyList<string> Columns { get; }

    public SourceLog Log { get; }

    public static JoinedFile? Load(CsvJoin join, SourceProblems problems, CancellationToken ct)
    {
        using var table = CsvTable.Open(join.Path, join.Name, join.Dialect);
        var key = table.IndexOf(join.Key);
        if (key < 0)
        {
            problems.Missing("adapter.column-missing", $"{join.Name}: column", join.Key, table.Columns);
            return null;
        }

        var file = new JoinedFile(table.Columns, new(join.Name));
        while (table.Read())
        {
            ct.ThrowIfCancellationRequested();
            file.Add(table, key);
        }

        return file;
    }

    /// <summary>The cells of the row with this key; null when there is none.</summary>
    public IReadOnlyList<string>? Find(ReadOnlySpan<char> key)
    {
        if (!_byKey.TryGetValue(key, out var row))
        {
            return null;
        }

        row.Used = true;
        return row.Cells;
    }

    /// <summary>Notes the rows that were never found.</summary>
    public void NoteUnused()
    {
        foreach (var row in _rows.Values.Where(row => !row.Used))
        {
            Log.Revisit(row.Number, row.Line);
            Log.Note(Fault.JoinUnused);
        }
    }

    private void Add(CsvTable table, int key)
    {
        Log.Row(table.Line);
        var fault = table.RowFault ?? (table.Cell(key).IsEmpty ? Fault.IdMissing : null);
        if (fault is null)
        {
            var cells = Columns.Select((_, i) => table.Cell(i).ToString()).ToList();
            fault = _rows.TryAdd(cells[key], new(Log.Number, table.Line, cells)) ? null : Fault.JoinRepeated;
        }

        if (fault is not null)
        {
            Log.Note(fault);
        }
    }

    private sealed record Row(long Number, long Line, IReadOnlyList<string> Cells)
    {
        public bool Used { get; set; }
    }
}
