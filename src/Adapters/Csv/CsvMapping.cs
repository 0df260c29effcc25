using System.Text;
using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Csv;

/// <summary>How a biobank's delimited files read in the platform's words.</summary>
internal sealed record CsvMapping(IReadOnlyList<CsvFile> Files, IReadOnlyList<CodeList> Lists, IReadOnlyList<ListedCode> Codes);

/// <summary>How a file is written.</summary>
internal sealed record CsvDialect(char Delimiter, char? Quote, Encoding Encoding, IReadOnlyList<string> Missing, string Dates);

/// <summary>A file and what its rows say; <paramref name="Name"/> is how the report calls it.</summary>
internal sealed record CsvFile(
    string Name,
    string Path,
    CsvDialect Dialect,
    string Id,
    IReadOnlyList<CsvJoin> Joins,
    ParticipantMapping? Participant,
    IReadOnlyList<FactMapping> Facts,
    IReadOnlyList<MeasurementMapping> Measurements);

/// <summary>Another file whose row, found by <paramref name="Key"/>, lends its columns as <c>as.column</c>.</summary>
internal sealed record CsvJoin(string As, string Name, string Path, CsvDialect Dialect, string Key, string Column);

/// <summary>What the rows say about participants themselves.</summary>
internal sealed record ParticipantMapping(
    ValueMapping? Sex,
    string? Birth,
    string? BirthYear,
    string? BirthMonth,
    string? BirthDay,
    string? Age,
    string? Enrolled,
    ValueMapping Dataset,
    ValueMapping? PermissionColumn,
    IReadOnlyList<string> Permissions);

/// <summary>
/// Where a text comes from: a constant, or a column whose cells are split, translated and prefixed. A cell without a
/// meaning in <paramref name="Values"/> (null) says nothing.
/// </summary>
internal sealed record ValueMapping(
    string? Column,
    string? Constant = null,
    string? System = null,
    char? Separator = null,
    IReadOnlyDictionary<string, string?>? Values = null);

/// <summary>A condition, drug, biosample, data asset or attribute (with its name).</summary>
internal sealed record FactMapping(VariableKind Kind, ValueMapping Value, string? Attribute);

/// <summary>A measured value: of one code (wide), or of the code in a column (long).</summary>
internal sealed record MeasurementMapping(ValueMapping Code, string Column, string? Unit, string? UnitColumn);

/// <summary>A file of codes with their labels, units and bounds.</summary>
internal sealed record CodeList(string Name, string Path, CsvDialect Dialect);
