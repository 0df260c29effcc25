using System.Globalization;
using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Csv;

/// <summary>Reads a file of codes: kind, code, and optionally label, labelJa, unit, min, max.</summary>
internal static class CodeListReader
{
    private static readonly string[] Required = ["kind", "code"];

    /// <summary>Adds the file's codes to those known so far; a code listed before is noted and left as it was.</summary>
    public static void Read(
        CodeList list, Dictionary<(VariableKind Kind, string Code), ListedCode> codes, SourceLog log, SourceProblems problems)
    {
        using var table = CsvTable.Open(list.Path, list.Name, list.Dialect);
        foreach (var column in Required.Except(table.Columns))
        {
            problems.Missing("adapter.column-missing", $"{list.Name}: column", column, table.Columns);
        }

        problems.ThrowIfAny();
        while (table.Read())
        {
            log.Row(table.Line);
            var fault = table.RowFault
                ?? Read(table, out var code)
                ?? (codes.TryAdd((code!.Entry.Kind, code.Entry.Code), code) ? null : Fault.CodeRepeated);
            if (fault is not null)
            {
                log.Note(fault);
            }
        }
    }

    private static Fault? Read(CsvTable table, out ListedCode? code)
    {
        code = null;
        if (Codes.KindOf(Cell(table, "kind") ?? "") is not { } kind)
        {
            return Fault.KindUnknown;
        }

        var (text, unit) = (Cell(table, "code") ?? "", Cell(table, "unit"));
        if (Codes.WhyNot(kind, text, unit) is { } why)
        {
            return new(Fault.CodeInvalid.Code, why);
        }

        var entry = new CodeEntry(kind, Codes.Normalise(kind, text), Cell(table, "label"), Cell(table, "labelJa"), unit);
        code = new(entry, ListedCodeReader.NoUnits, Number(table, "min"), Number(table, "max"));
        return (code.Min, code.Max) is (double.NaN, _) or (_, double.NaN) ? Fault.NotANumber : null;
    }

    private static string? Cell(CsvTable table, string column) =>
        table.IndexOf(column) is >= 0 and var index && table.Cell(index) is { IsEmpty: false } cell ? cell.ToString() : null;

    /// <summary>NaN when there is something else than a number.</summary>
    private static double? Number(CsvTable table, string column) => Cell(table, column) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
}
