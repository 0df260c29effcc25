using System.Globalization;
using Npgsql;

namespace Kakehashi.Adapters.Omop;

/// <summary>
/// Streams the rows of one table, with the columns asked for. Faults are noted by the row's key, where it has one that
/// does not identify a person; else by the row's number in the order of person.
/// </summary>
internal sealed class CdmRows(CdmSession session, string table, string? key, string person)
{
    private const int FirstColumn = 2;
    private const int LongestId = 20;

    private NpgsqlDataReader? _reader;

    public SourceLog Log { get; } = new(table);

    public async Task ForEachAsync(Action<CdmRows> row, CancellationToken ct, params (string Name, string Type)[] columns)
    {
        // With a key the rows come in the table's own order: nothing depends on it.
        var order = key is null ? $" ORDER BY {string.Join(", ", Enumerable.Range(FirstColumn, columns.Length + 1))}" : "";
        (string Name, string Type)[] all = [(key ?? "", "bigint"), (person, "bigint"), .. columns];
        var list = all.Select(c => session.Column(table, c.Name, c.Type));
        await session.ReadAsync(
            $"SELECT {string.Join(", ", list)} FROM {session.Table(table)}{order}",
            reader =>
            {
                _reader = reader;
                Log.Row(reader.IsDBNull(0) ? Log.Number + 2 : reader.GetInt64(0));
                if (reader.IsDBNull(1))
                {
                    Log.Note(Fault.IdMissing, person);
                }
                else
                {
                    row(this);
                }
            },
            ct);
    }

    public long Person => _reader!.GetInt64(1);

    /// <summary>A concept or other whole number; 0 when NULL.</summary>
    public long Number(int column) => _reader!.IsDBNull(column + FirstColumn) ? 0 : _reader.GetInt64(column + FirstColumn);

    public int? Part(int column) => _reader!.IsDBNull(column + FirstColumn) ? null : (int)_reader.GetInt64(column + FirstColumn);

    public double? Value(int column) => _reader!.IsDBNull(column + FirstColumn) ? null : _reader.GetDouble(column + FirstColumn);

    public string? Text(int column) => _reader!.IsDBNull(column + FirstColumn) ? null : _reader.GetString(column + FirstColumn);

    public DateOnly? Day(int column) => _reader!.IsDBNull(column + FirstColumn) ? null : _reader.GetFieldValue<DateOnly>(column + FirstColumn);

    /// <summary>Pours a value for the row's person; notes one the sink does not know.</summary>
    public void Pour<T>(PourValue<T> pour, T value)
    {
        if (!pour(FormatId(stackalloc char[LongestId]), value))
        {
            Log.Note(Fault.ParticipantUnknown);
        }
    }

    /// <summary>The id as participants are known to the sink: the digits of person_id.</summary>
    private ReadOnlySpan<char> FormatId(Span<char> buffer)
    {
        Person.TryFormat(buffer, out var length, provider: CultureInfo.InvariantCulture);
        return buffer[..length];
    }
}
