using System.Globalization;

namespace Kakehashi.Adapters.Csv;

/// <summary>Age on the data date, from a date of birth, its parts, or an age column.</summary>
internal sealed class AgeColumns(CsvRows rows, ParticipantMapping mapping, CsvDialect dialect, DateOnly dataDate)
{
    private readonly ColumnUse? _date = Use(rows, mapping.Birth, true);
    private readonly ColumnUse? _year = Use(rows, mapping.BirthYear, true);
    private readonly ColumnUse? _month = Use(rows, mapping.BirthMonth, false);
    private readonly ColumnUse? _day = Use(rows, mapping.BirthDay, false);
    private readonly ColumnUse? _age = Use(rows, mapping.Age, true);

    /// <summary>Null when unknown; a fault is noted.</summary>
    public int? Read(CsvRows row)
    {
        if (_age is not null)
        {
            return Number(row, _age, 0, Ages.Oldest, Fault.AgeOutOfRange);
        }

        if (_year is not null)
        {
            return Number(row, _year, 1, 9999, Fault.NotADate) is { } year
                ? Checked(row, _year, Ages.On(dataDate, year, Part(row, _month), Part(row, _day)))
                : null;
        }

        if (_date is null || row.Cell(_date) is not { IsEmpty: false } cell)
        {
            return null;
        }

        if (DateOnly.TryParseExact(cell, dialect.Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var born))
        {
            return Checked(row, _date, Ages.On(dataDate, born.Year, born.Month, born.Day));
        }

        row.Log.Note(Fault.NotADate, _date.Name);
        return null;
    }

    private static ColumnUse? Use(CsvRows rows, string? name, bool shouldVary) => name is null ? null : rows.Use(name, shouldVary);

    private static int? Part(CsvRows row, ColumnUse? column) => column is null ? null : Number(row, column, 1, 31, Fault.NotADate);

    private static int? Checked(CsvRows row, ColumnUse column, int? age)
    {
        if (age is null)
        {
            row.Log.Note(Fault.AgeOutOfRange, column.Name);
        }

        return age;
    }

    /// <summary>Whole number of a cell; "62.0" is one too.</summary>
    private static int? Number(CsvRows row, ColumnUse column, int from, int to, Fault outside)
    {
        var cell = row.Cell(column);
        if (cell.IsEmpty)
        {
            return null;
        }

        var isNumber = double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value);
        if (isNumber && value >= from && value < to + 1)
        {
            return (int)value;
        }

        row.Log.Note(isNumber ? outside : Fault.NotANumber, column.Name);
        return null;
    }
}
