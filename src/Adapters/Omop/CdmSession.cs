using System.Data;
using Npgsql;

namespace Kakehashi.Adapters.Omop;

/// <summary>
/// One read-only snapshot of a CDM database: everything is read as of one moment, and the session cannot write even if
/// its role could.
/// </summary>
internal sealed class CdmSession : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly OmopMapping _mapping;
    private readonly Dictionary<string, HashSet<string>> _tables = [];

    private CdmSession(NpgsqlDataSource source, NpgsqlConnection connection, OmopMapping mapping) =>
        (_source, _connection, _mapping) = (source, connection, mapping);

    public static async Task<CdmSession> OpenAsync(OmopMapping mapping, CancellationToken ct)
    {
        NpgsqlDataSource? source = null;
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(mapping.Connection);
            settings = new(mapping.Connection)
            {
                Options = $"{settings.Options} -c default_transaction_read_only=on".Trim(),
                CommandTimeout = 0,
                Pooling = false,
                ApplicationName = "kakehashi-adapter",
            };
            source = NpgsqlDataSource.Create(settings);
            var session = new CdmSession(source, await source.OpenConnectionAsync(ct), mapping);
            await session.BeginAsync(ct);
            return session;
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException)
        {
            await (source?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw Unreadable(e, e is ArgumentException ? "the connection string is not right" : "the database cannot be reached");
        }
    }

    public bool Has(string table) => _tables.ContainsKey(table);

    public bool Has(string table, string column) => _tables.TryGetValue(table, out var columns) && columns.Contains(column);

    public IEnumerable<string> Tables => _tables.Keys;

    public IEnumerable<string> ColumnsOf(string table) => _tables[table];

    /// <summary>The table's name in SQL. Only names found in the catalogue or checked by the configuration come here.</summary>
    public string Table(string table) => $"\"{(IsVocabulary(table) ? _mapping.Vocabulary : _mapping.Schema)}\".\"{table}\"";

    /// <summary>The column, or NULL of its type where the database does not have it.</summary>
    public string Column(string table, string column, string type) => Has(table, column) ? $"\"{column}\"::{type}" : $"NULL::{type}";

    /// <summary>Streams a query's rows.</summary>
    public async Task ReadAsync(string sql, Action<NpgsqlDataReader> row, CancellationToken ct, params NpgsqlParameter[] parameters)
    {
        try
        {
            // Built from constants and from names that the catalogue or the configuration's rules have passed.
#pragma warning disable CA2100
            await using var command = new NpgsqlCommand(sql, _connection);
#pragma warning restore CA2100
            command.Parameters.AddRange(parameters);
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                row(reader);
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new BiobankUnreadableException($"The role may not read: {e.MessageText}. Grant it SELECT.", e)
            {
                Code = "adapter.table-forbidden",
            };
        }
        catch (NpgsqlException e)
        {
            throw Unreadable(e, "a query failed");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static bool IsVocabulary(string table) => table is "concept" or "concept_ancestor";

    private async Task BeginAsync(CancellationToken ct)
    {
        await _connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await ReadAsync(
            """
            SELECT n.nspname, c.relname, a.attname
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ($1, $2) AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY 1, 2, 3
            """,
            reader =>
            {
                var (schema, table, column) = (reader.GetString(0), reader.GetString(1), reader.GetString(2));
                if (schema == (IsVocabulary(table) ? _mapping.Vocabulary : _mapping.Schema))
                {
                    (_tables.TryGetValue(table, out var columns) ? columns : _tables[table] = []).Add(column);
                }
            },
            ct,
            new() { Value = _mapping.Schema },
            new() { Value = _mapping.Vocabulary });
    }

    // The inner message may name host and role, never the password.
    private static BiobankUnreadableException Unreadable(Exception e, string what) =>
        new($"The OMOP database cannot be read: {what}. {(e as PostgresException)?.MessageText ?? e.Message}", e)
        {
            Code = "adapter.database-unreadable",
        };
}
