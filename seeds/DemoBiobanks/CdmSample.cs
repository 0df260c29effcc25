using System.IO.Compression;
using Npgsql;

namespace Kakehashi.Seeds;

/// <summary>
/// Makes an OMOP CDM database of a folder of <c>table.csv</c> or <c>table.csv.gz</c> files: one table each, columns from
/// the header, types by the names the CDM gives its columns.
/// </summary>
public static class CdmSample
{
    /// <summary>Names that end in _id, but are texts.</summary>
    private static readonly HashSet<string> TextIds =
        ["vocabulary_id", "domain_id", "concept_class_id", "relationship_id", "reverse_relationship_id"];

    private static readonly HashSet<string> Numbers =
        ["value_as_number", "quantity", "range_low", "range_high", "dose_value", "refills", "days_supply", "latitude", "longitude"];

    private static readonly HashSet<string> Counts =
        ["year_of_birth", "month_of_birth", "day_of_birth", "condition_occurrence_count", "drug_exposure_count", "gap_days",
            "min_levels_of_separation", "max_levels_of_separation"];

    /// <summary>Creates and fills the tables in one transaction; they must not exist yet.</summary>
    public static async Task LoadAsync(string connectionString, string directory, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var path in Directory.EnumerateFiles(directory).Where(IsTable).Order(StringComparer.Ordinal))
        {
            var table = Path.GetFileName(path).Split('.')[0];
            var columns = await HeaderAsync(path, ct);
            await ExecuteAsync(connection, $"CREATE TABLE {Quote(table)} ({string.Join(", ", columns.Select(c => $"{Quote(c)} {TypeOf(c)}"))})", ct);
            await CopyAsync(connection, table, path, ct);
            if (columns.Contains($"{table}_id"))
            {
                // Not a primary key: published samples hold repeated ids.
                await ExecuteAsync(connection, $"CREATE INDEX ON {Quote(table)} ({Quote($"{table}_id")})", ct);
            }
        }

        await transaction.CommitAsync(ct);
    }

    /// <summary>A role that may read the schema and nothing else, made when needed; answers a connection string for it.</summary>
    public static async Task<string> GrantReaderAsync(string connectionString, string role, string password, CancellationToken ct, string schema = "public")
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(ct);
        await ExecuteAsync(
            connection,
            $"""
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    CREATE ROLE {Quote(role)} LOGIN;
                END IF;
            END $$;
            ALTER ROLE {Quote(role)} PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}';
            GRANT USAGE ON SCHEMA {Quote(schema)} TO {Quote(role)};
            GRANT SELECT ON ALL TABLES IN SCHEMA {Quote(schema)} TO {Quote(role)};
            """,
            ct);
        return new NpgsqlConnectionStringBuilder(connectionString) { Username = role, Password = password }.ConnectionString;
    }

    private static bool IsTable(string path) =>
        path.EndsWith(".csv", StringComparison.Ordinal) || path.EndsWith(".csv.gz", StringComparison.Ordinal);

    private static Stream Open(string path) =>
        path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.OpenRead(path), CompressionMode.Decompress) : File.OpenRead(path);

    private static async Task<IReadOnlyList<string>> HeaderAsync(string path, CancellationToken ct)
    {
        using var reader = new StreamReader(Open(path));
        return (await reader.ReadLineAsync(ct) ?? "").Trim().ToLowerInvariant().Split(',');
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string table, string path, CancellationToken ct)
    {
        using var from = new StreamReader(Open(path));
        await using var to = await connection.BeginTextImportAsync($"COPY {Quote(table)} FROM STDIN (FORMAT csv, HEADER true)", ct);
        var buffer = new char[1 << 16];
        for (int read; (read = await from.ReadAsync(buffer, ct)) > 0;)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }

    private static string TypeOf(string column) => column switch
    {
        _ when TextIds.Contains(column) => "text",
        _ when Counts.Contains(column) => "integer",
        _ when Numbers.Contains(column) => "numeric",
        _ when column.EndsWith("_id", StringComparison.Ordinal) => "bigint",
        _ when column.EndsWith("_date", StringComparison.Ordinal) => "date",
        _ when column.EndsWith("_datetime", StringComparison.Ordinal) => "timestamp",
        _ => "text",
    };

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        // Built from names of files and headers, quoted; there is no parameter syntax for names.
#pragma warning disable CA2100
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }
}
