namespace Kakehashi.Adapters;

/// <summary>What a load read and what it could not use. Holds no values of participants, only places and reasons.</summary>
/// <param name="Sources">Each file or table with its rows.</param>
/// <param name="Faults">Rows that were not used, grouped by source and reason; warnings about whole columns have no line.</param>
public sealed record LoadReport(IReadOnlyList<LoadedSource> Sources, IReadOnlyList<LoadFault> Faults);

/// <summary>One file or table.</summary>
public sealed record LoadedSource(string Name, long Rows, long RowsWithFaults);

/// <summary>One reason in one source.</summary>
/// <param name="Source">File or table name.</param>
/// <param name="Column">Column, or null when the row as a whole is at fault.</param>
/// <param name="Code">Stable code, e.g. <c>adapter.not-a-number</c>.</param>
/// <param name="Text">What is wrong and what is expected, without the value.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="FirstLines">Lines (files, counted from 1) or keys (tables) of the first ten.</param>
public sealed record LoadFault(string Source, string? Column, string Code, string Text, long Rows, IReadOnlyList<long> FirstLines);
