namespace Kakehashi.Adapters.Csv;

/// <summary>A mapped column of one file, and what was seen in it: enough to warn about a column that cannot be right.</summary>
internal sealed class ColumnUse(string name, int index)
{
    private string? _first;
    private bool _varies;
    private bool _gaps;

    public string Name => name;

    public int Index => index;

    /// <summary>One value in every row is worth a warning (not so for a dataset or a unit).</summary>
    public bool ShouldVary { get; set; }

    public void See(ReadOnlySpan<char> cell)
    {
        if (cell.IsEmpty)
        {
            _gaps = true;
        }
        else if (_first is null)
        {
            _first = cell.ToString();
        }
        else if (!_varies)
        {
            _varies = !cell.SequenceEqual(_first);
        }
    }

    public void Warn(SourceLog log)
    {
        if (_first is null && _gaps)
        {
            log.Warn(Fault.ColumnEmpty, name);
        }
        else if (ShouldVary && _first is not null && !_gaps && !_varies && log.Source.Rows > 1)
        {
            log.Warn(Fault.ColumnConstant, name);
        }
    }
}
