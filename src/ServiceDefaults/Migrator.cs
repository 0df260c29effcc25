using System.Reflection;
using Npgsql;

namespace Kakehashi.ServiceDefaults;

/// <summary>Applies numbered SQL files embedded in a service. A file that was applied is never applied again.</summary>
public static class Migrator
{
    private const long LockKey = 0x4B414B45; // "KAKE": one migration at a time per database

    public static async Task ApplyAsync(NpgsqlDataSource database, Assembly service, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", ct);
        await ExecuteAsync(
            connection,
            "CREATE TABLE IF NOT EXISTS schema_version (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
            ct);
        foreach (var file in service.GetManifestResourceNames().Where(IsMigration).Order(StringComparer.Ordinal))
        {
            await using var mark = new NpgsqlCommand(
                "INSERT INTO schema_version (name) VALUES ($1) ON CONFLICT DO NOTHING", connection, transaction);
            mark.Parameters.Add(new() { Value = file });
            if (await mark.ExecuteNonQueryAsync(ct) == 0)
            {
                continue;
            }

            using var reader = new StreamReader(service.GetManifestResourceStream(file)!);
            await ExecuteAsync(connection, await reader.ReadToEndAsync(ct), ct);
        }

        await transaction.CommitAsync(ct);
    }

    private static bool IsMigration(string resource) =>
        resource.Contains(".Migrations.V", StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // The text is an embedded resource of the service, never input.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }
}
