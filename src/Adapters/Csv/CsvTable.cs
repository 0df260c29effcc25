using System.Collections.Frozen;

namespace Kakehashi.Adapters.Csv;

/// <summary>A delimited file with its header: rows are read one by one, cells come trimmed and empty where missing.</summary>
internal sealed class CsvTable : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly DelimitedReader _reader;
    private readonly string _name;
    private readonly List<string> _columns;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _missing;
    private readonly int _longestMissing;
    private readonly int _cellsOfHeader;

    private CsvTable(DelimitedReader reader, CsvDialect dialect, string name)
    {
        (_reader, _name) = (reader, name);
        _missing = dialect.Missing.ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _longestMissing = dialect.Missing.Select(m => m.Length).DefaultIfEmpty(-1).Max();
        if (!ReadRecord())
        {
            throw new BiobankUnreadableException($"{name} has no header line.") { Code = "adapter.header-missing" };
        }

        _cellsOfHeader = reader.Count;
        var names = Enumerable.Range(0, reader.Count).Select(i => reader[i].Trim().ToString()).ToList();
        _columns = names[..(names.FindLastIndex(n => n.Length > 0) + 1)];
    }

    /// <summary>The header's names, without nameless columns at its end.</summary>
    public IReadOnlyList<string> Columns => _columns;

    public long Line => _reader.Line;

    /// <summary>Why the present row cannot be used at all, or null.</summary>
    public Fault? RowFault { get; private set; }

    public static CsvTable Open(string path, string name, CsvDialect dialect)
    {
        try
        {
            const FileOptions Once = FileOptions.SequentialScan;
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, Once);
            var compressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            Stream stream = compressed ? new WholeGzip(file) : file;
            var text = new StreamReader(stream, dialect.Encoding, detectEncodingFromByteOrderMarks: true, BufferSize);
            return new(new(text, dialect.Delimiter, dialect.Quote), dialect, name);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BiobankUnreadableException($"{name} is not there.", e) { Code = "adapter.file-missing" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(name, e);
        }
    }

    /// <summary>Negative when there is no such column.</summary>
    public int IndexOf(string column) => _columns.IndexOf(column);

    /// <summary>Moves to the next row; false at the end.</summary>
    public bool Read()
    {
        if (!ReadRecord())
        {
            return false;
        }

        RowFault = _reader switch
        {
            { Fault: true } => Fault.QuotesBroken,
            { Undecodable: true } => Fault.Undecodable,
            _ when _reader.Count < Columns.Count || _reader.Count > _cellsOfHeader => Fault.RowLength,
            _ => null,
        };
        return true;
    }

    /// <summary>The trimmed cell; empty when it is empty or marked as missing.</summary>
    public ReadOnlySpan<char> Cell(int column)
    {
        var cell = _reader[column].Trim();
        return cell.Length <= _longestMissing && _missing.Contains(cell) ? default : cell;
    }

    public void Dispose() => _reader.Dispose();

    private static BiobankUnreadableException Unreadable(string name, Exception e) =>
        new($"{name} cannot be read: {e.Message}", e) { Code = "adapter.file-unreadable" };

    private bool ReadRecord()
    {
        try
        {
            return _reader.Read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw Unreadable(_name, e);
        }
    }
}
