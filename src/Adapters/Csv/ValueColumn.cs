namespace Kakehashi.Adapters.Csv;

/// <summary>A column whose cells are split and translated.</summary>
internal sealed class ValueColumn<T>
{
    private readonly ColumnUse _column;
    private readonly ValueReader<T> _reader;
    private readonly char? _separator;

    private ValueColumn(ColumnUse column, ValueMapping mapping, Func<string, Meaning<T>> accept) =>
        (_column, _reader, _separator) = (column, new(mapping, accept), mapping.Separator);

    public string Name => _column.Name;

    /// <summary>Null when the mapping names no column.</summary>
    public static ValueColumn<T>? Of(CsvRows rows, ValueMapping? mapping, Func<string, Meaning<T>> accept, bool shouldVary = false) =>
        mapping?.Column is { } name ? new(rows.Use(name, shouldVary), mapping, accept) : null;

    /// <summary>The meaning of the whole cell, without noting a fault.</summary>
    public Meaning<T> Peek(CsvRows rows)
    {
        var cell = rows.Cell(_column);
        return cell.IsEmpty ? Meaning<T>.Nothing : _reader.Read(cell);
    }

    /// <summary>The meaning of the whole cell; a fault is noted.</summary>
    public Meaning<T> One(CsvRows rows)
    {
        var meaning = Peek(rows);
        if (meaning.Fault is { } fault)
        {
            rows.Log.Note(fault, Name);
        }

        return meaning;
    }

    /// <summary>Pours each value of the cell; notes values without meaning, and a participant the sink does not know.</summary>
    public void ForEach(CsvRows rows, PourValue<T> pour)
    {
        var cell = rows.Cell(_column);
        if (cell.IsEmpty)
        {
            return;
        }

        if (_separator is not { } separator)
        {
            Pour(rows, cell, pour);
            return;
        }

        foreach (var range in cell.Split(separator))
        {
            if (cell[range].Trim() is { IsEmpty: false } part)
            {
                Pour(rows, part, pour);
            }
        }
    }

    public void Warn(SourceLog log) => _reader.Warn(log, Name);

    private void Pour(CsvRows rows, ReadOnlySpan<char> text, PourValue<T> pour)
    {
        var meaning = _reader.Read(text);
        if (meaning.Fault is { } fault)
        {
            rows.Log.Note(fault, Name);
        }
        else if (meaning.Says && !pour(rows.Cell(rows.Id), meaning.Value!))
        {
            rows.Log.Note(Fault.ParticipantUnknown);
        }
    }
}
