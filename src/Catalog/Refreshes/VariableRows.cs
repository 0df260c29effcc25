using Kakehashi.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Kakehashi.Catalog.Refreshes;

/// <summary>Writes the rows of a biobank's variables, some ten thousand at once.</summary>
internal static class VariableRows
{
    public static async Task CopyAsync(NpgsqlConnection connection, string biobank, IReadOnlyList<Variable> variables, CancellationToken ct)
    {
        await using var rows = await connection.BeginBinaryImportAsync(
            """
            COPY variable (biobank_id, kind, code, label, label_ja, participants, withheld, missingness, low, high, unit)
            FROM STDIN (FORMAT binary)
            """,
            ct);
        foreach (var variable in variables)
        {
            await rows.StartRowAsync(ct);
            await WriteAsync(rows, biobank, ct);
            await WriteAsync(rows, variable.Kind, ct);
            await WriteAsync(rows, variable.Code ?? "", ct);
            await WriteAsync(rows, variable.Label, ct);
            await WriteAsync(rows, variable.LabelJa, ct);
            await WriteAsync(rows, (decimal?)variable.Count.Value, NpgsqlDbType.Numeric, ct);
            await WriteAsync(rows, variable.Count.Withheld, ct);
            await WriteAsync(rows, variable.Missingness, NpgsqlDbType.Double, ct);
            await WriteAsync(rows, variable.From, NpgsqlDbType.Double, ct);
            await WriteAsync(rows, variable.To, NpgsqlDbType.Double, ct);
            await WriteAsync(rows, variable.Unit, ct);
        }

        await rows.CompleteAsync(ct);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter rows, string? text, CancellationToken ct) =>
        text is null ? rows.WriteNullAsync(ct) : rows.WriteAsync(text, NpgsqlDbType.Text, ct);

    private static Task WriteAsync<T>(NpgsqlBinaryImporter rows, T? value, NpgsqlDbType type, CancellationToken ct)
        where T : struct =>
        value is { } known ? rows.WriteAsync(known, type, ct) : rows.WriteNullAsync(ct);
}
