using System.Text.Json;
using Dapper;
using Kakehashi.Catalog.Nodes;
using Kakehashi.Contracts;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.Catalog.Refreshes;

/// <summary>
/// The tables of what nodes last said, and in memory what a search needs of them. Several instances write the same tables;
/// each keeps its own memory up to date with them.
/// </summary>
public sealed class Catalogue(NpgsqlDataSource database, IOptions<CatalogOptions> options)
{
    private readonly Lock _lock = new();

    /// <summary>What is known now. A search takes it once and keeps to it.</summary>
    public KnownBiobanks Known { get; private set; } = KnownBiobanks.None;

    /// <summary>Registers the configured biobanks and remembers what was known of them. Others stay in the table, unseen.</summary>
    public async Task RegisterAsync(CancellationToken ct)
    {
        await using (var connection = await database.OpenConnectionAsync(ct))
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                UPDATE biobank SET registered = false WHERE NOT biobank_id = ANY(@biobanks);
                INSERT INTO biobank (biobank_id, registered) SELECT unnest(@biobanks), true
                ON CONFLICT (biobank_id) DO UPDATE SET registered = true;
                """,
                new { biobanks = options.Value.Biobanks.ToArray() },
                cancellationToken: ct));
        }

        foreach (var biobank in options.Value.Biobanks)
        {
            await LoadAsync(biobank, ct);
        }
    }

    /// <summary>The node answered. Returns the snapshot its variables were last read of.</summary>
    public async Task<string?> RecordSeenAsync(NodeDescription description, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            """
            UPDATE biobank SET reachable = true, seen_at = @now, description = @description::jsonb
            WHERE biobank_id = @Node
            RETURNING snapshot_id
            """,
            new { description.Node, now, description = JsonSerializer.Serialize(description, NodeJson.Default.NodeDescription) },
            cancellationToken: ct));
    }

    /// <summary>The node did not answer. What it said before stays. Returns the snapshot its variables were last read of.</summary>
    public async Task<string?> RecordAwayAsync(string biobank, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "UPDATE biobank SET reachable = false WHERE biobank_id = @biobank RETURNING snapshot_id",
            new { biobank },
            cancellationToken: ct));
    }

    /// <summary>All variables of a biobank, in place of those known before.</summary>
    public async Task ReplaceVariablesAsync(
        NodeDescription description, IReadOnlyList<Variable> variables, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // The update locks the biobank's row: of two instances with the same news the second writes after the first.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE biobank SET snapshot_id = @SnapshotId, variables_at = @now WHERE biobank_id = @Node;
            DELETE FROM variable WHERE biobank_id = @Node;
            """,
            new { description.Node, description.SnapshotId, now },
            transaction,
            cancellationToken: ct));
        await VariableRows.CopyAsync(connection, description.Node, variables, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Brings the memory up to date when the tables hold another snapshot than it does.</summary>
    public Task LoadIfChangedAsync(string biobank, string? snapshotId, CancellationToken ct) =>
        Known.ById.TryGetValue(biobank, out var known) && known.SnapshotId == snapshotId ? Task.CompletedTask : LoadAsync(biobank, ct);

    private async Task LoadAsync(string biobank, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var (description, snapshotId) = await connection.QuerySingleAsync<(string?, string?)>(new CommandDefinition(
            "SELECT description, snapshot_id FROM biobank WHERE biobank_id = @biobank", new { biobank }, cancellationToken: ct));
        var variables = await connection.QueryAsync<(string, string)>(new CommandDefinition(
            "SELECT kind, code FROM variable WHERE biobank_id = @biobank ORDER BY kind, code", new { biobank }, cancellationToken: ct));
        var node = description is null ? null : JsonSerializer.Deserialize(description, NodeJson.Default.NodeDescription);
        var known = new KnownBiobank(biobank, node?.Name ?? biobank, node?.NameJa ?? biobank, snapshotId, [.. variables]);
        lock (_lock)
        {
            Known = Known.With(known);
        }
    }
}
