using System.Buffers;

namespace Kakehashi.Adapters.Csv;

/// <summary>
/// Reads delimited records (RFC 4180: a quoted cell may hold delimiters, doubled quotes and line breaks) without making
/// strings. A quote opens a quoted cell only at the cell's start. A quote that is never closed, or closed in the middle of
/// a cell, is taken literally and marks its record with a <see cref="Fault"/>: so it spoils its own record and no other.
/// Empty lines are passed over. Cells are valid until the next <see cref="Read"/>.
/// </summary>
internal sealed class DelimitedReader(TextReader text, char delimiter, char? quote, int bufferSize = 1 << 16) : IDisposable
{
    private const int LongestRecord = 1 << 20;

    private readonly SearchValues<char> _stops = SearchValues.Create([delimiter, '\n', '\r']);
    private readonly List<Cell> _cells = [];

    // Broken quotes of the present record, as offsets from its start.
    private readonly List<int> _literal = [];
    private char[] _buffer = new char[bufferSize];
    private int _start;
    private int _end;
    private int _opened;
    private bool _exhausted;
    private long _nextLine = 1;

    private enum Scan
    {
        Complete,
        NeedsMore,
        BrokenQuotes,
    }

    public int Count => _cells.Count;

    /// <summary>The line on which the present record begins, counted from 1.</summary>
    public long Line { get; private set; }

    /// <summary>True when the record's quotes make no sense; its cells are then not to be used.</summary>
    public bool Fault => _literal.Count > 0;

    /// <summary>The record has bytes that its encoding does not know.</summary>
    public bool Undecodable { get; private set; }

    public ReadOnlySpan<char> this[int cell] => _buffer.AsSpan(_cells[cell].Start, _cells[cell].Length);

    /// <summary>Moves to the next record; false at the end of the file.</summary>
    public bool Read()
    {
        _literal.Clear();
        while (true)
        {
            if (_start == _end && _exhausted)
            {
                _cells.Clear();
                return false;
            }

            switch (ScanRecord(out var next))
            {
                case Scan.Complete when _cells is [{ Length: 0, Quoted: false }]:
                    Accept(next);
                    break;
                case Scan.Complete:
                    Accept(next);
                    return true;
                case Scan.NeedsMore when _end - _start <= LongestRecord:
                    Fill();
                    break;
                case Scan.NeedsMore when _opened < 0:
                    throw new InvalidDataException($"line {_nextLine} has more than {LongestRecord} characters");
                default:
                    _literal.Add(_opened);
                    break;
            }
        }
    }

    public void Dispose() => text.Dispose();

    private void Accept(int next)
    {
        var record = _buffer.AsSpan(_start, next - _start);
        Undecodable = record.Contains('\uFFFD');
        Line = _nextLine++;
        for (var i = 0; i < _cells.Count; i++)
        {
            if (_cells[i].Quoted)
            {
                var content = this[i];
                _nextLine += content.Count('\n') + (content.Contains('\r') ? content.Count('\r') - content.Count("\r\n") : 0);
                _cells[i] = Unescape(_cells[i]);
            }
        }

        _start = next;
    }

    private Scan ScanRecord(out int next)
    {
        _cells.Clear();
        next = _start;
        var span = _buffer.AsSpan(0, _end);
        for (var at = _start; ; at++)
        {
            _opened = -1;
            if (quote is { } mark && at < _end && span[at] == mark && !_literal.Contains(at - _start))
            {
                _opened = at - _start;
                var close = Closing(span, at + 1, mark);
                if (close < 0 || (close + 1 == _end && !_exhausted))
                {
                    return _exhausted ? Scan.BrokenQuotes : Scan.NeedsMore;
                }

                _cells.Add(new(at + 1, close - at - 1, Quoted: true));
                at = close + 1;
                if (at < _end && !_stops.Contains(span[at]))
                {
                    return Scan.BrokenQuotes;
                }
            }
            else
            {
                var length = span[at..].IndexOfAny(_stops);
                if (length < 0 && !_exhausted)
                {
                    return Scan.NeedsMore;
                }

                length = length < 0 ? _end - at : length;
                _cells.Add(new(at, length, Quoted: false));
                at += length;
            }

            if (at == _end)
            {
                next = at;
                return Scan.Complete;
            }

            if (span[at] != delimiter)
            {
                var carriageReturn = span[at] == '\r';
                if (carriageReturn && at + 1 == _end && !_exhausted)
                {
                    return Scan.NeedsMore;
                }

                next = at + (carriageReturn && at + 1 < _end && span[at + 1] == '\n' ? 2 : 1);
                return Scan.Complete;
            }
        }
    }

    /// <summary>Where the quoted cell ends, over doubled quotes; negative when it does not end in the buffer.</summary>
    private static int Closing(ReadOnlySpan<char> span, int from, char mark)
    {
        while (true)
        {
            var found = span[from..].IndexOf(mark);
            if (found < 0)
            {
                return found;
            }

            from += found;
            if (from + 1 == span.Length || span[from + 1] != mark)
            {
                return from;
            }

            from += 2;
        }
    }

    private Cell Unescape(Cell cell)
    {
        var content = _buffer.AsSpan(cell.Start, cell.Length);
        var to = content.IndexOf(quote!.Value);
        if (to < 0)
        {
            return cell;
        }

        for (var from = to; from < content.Length; from++)
        {
            content[to++] = content[from];
            from += content[from] == quote ? 1 : 0;
        }

        return cell with { Length = to };
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = text.Read(_buffer, _end, _buffer.Length - _end);
        _exhausted = read == 0;
        _end += read;
    }

    private readonly record struct Cell(int Start, int Length, bool Quoted);
}
