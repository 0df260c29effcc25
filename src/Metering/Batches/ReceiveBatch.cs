using System.Security.Claims;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Metering.Batches;

/// <summary>
/// A node brings entries of its ledger. They are taken all or none, in order and without gaps; what is here already is
/// acknowledged when it is the same, and kept as it is, with the contradiction on record, when it is not.
/// </summary>
public static class ReceiveBatch
{
    public const int MostEntries = 1000;

    private const long LastIndex = 1L << 53; // the largest number that every JSON reader keeps exactly

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/batches", HandleAsync)
        .WithName(nameof(ReceiveBatch))
        .RequireAuthorization(Policies.Delivering);

    internal static async Task<Results<Ok<LedgerBatchReceipt>, ProblemHttpResult>> HandleAsync(
        LedgerBatch batch, ClaimsPrincipal user, NpgsqlDataSource database,
        TimeProvider clock, ILogger<LedgerBatch> logger, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!user.IsNode(batch.Node))
        {
            Log.ForeignNode(logger, user.FindFirstValue(TokenClaims.ClientId));
            return DeliveringNode.Foreign();
        }

        if (batch.Entries.Count is 0 or > MostEntries || batch.FirstIndex is < 0 or > LastIndex)
        {
            return Problems.Unprocessable("metering.bad-batch", $"A batch has 1 to {MostEntries} entries, from an index of 0 or more.");
        }

        if (ReadEntries(batch, out var broken) is not { } entries)
        {
            Log.BadEvent(logger, batch.Node, broken.Index, broken.Rule);
            return Problems.Unprocessable(
                "metering.bad-event",
                $"Entry {broken.Index} is not a usage event of this node.",
                $"Rule: {broken.Rule}.",
                $"/entries/{broken.Index - batch.FirstIndex}");
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // The lock comes before anything is read: of two deliveries at once the second sees all of the first.
        var next = await LockAsync(transaction, batch.Node);
        if (batch.FirstIndex > next)
        {
            Log.Gap(logger, batch.Node, batch.FirstIndex, next);
            var gap = Problems.Conflict("metering.gap", $"Entry {next} comes first.", $"Send the entries from {next} on.");
            gap.ProblemDetails.Extensions["nextIndex"] = next;
            return gap;
        }

        if (await FindContradictionAsync(transaction, batch.Node, entries, next) is { } other)
        {
            await RecordAsync(transaction, batch.Node, other, now);
            await transaction.CommitAsync(ct);
            Log.Conflict(logger, batch.Node, other.Index);
            return Problems.Conflict(
                "metering.conflict", $"Entry {other.Index} was delivered before with different content.", "The first version stays; this one is on record.");
        }

        var added = entries.SkipWhile(entry => entry.Index < next).ToList();
        await AddAsync(connection, batch.Node, added, now, ct);
        await transaction.CommitAsync(ct);
        Log.BatchReceived(logger, batch.Node, added.Count, next + added.Count);
        return TypedResults.Ok(new LedgerBatchReceipt(next + added.Count));
    }

    private static List<Entry>? ReadEntries(LedgerBatch batch, out (long Index, string Rule) broken)
    {
        broken = default;
        var entries = new List<Entry>(batch.Entries.Count);
        foreach (var leaf in batch.Entries)
        {
            var index = batch.FirstIndex + entries.Count;
            if (EventRules.Read(leaf, batch.Node, out var rule) is not { } usage)
            {
                broken = (index, rule!);
                return null;
            }

            entries.Add(new(index, leaf, Rfc6962.Leaf(leaf), usage));
        }

        return entries;
    }

    private static async Task<long> LockAsync(NpgsqlTransaction transaction, string node)
    {
        await transaction.Connection!.ExecuteAsync(
            "INSERT INTO node (node) VALUES (@node) ON CONFLICT DO NOTHING", new { node }, transaction);
        return await transaction.Connection!.ExecuteScalarAsync<long>(
            "SELECT next_index FROM node WHERE node = @node FOR UPDATE", new { node }, transaction);
    }

    private static async Task<Entry?> FindContradictionAsync(NpgsqlTransaction transaction, string node, List<Entry> entries, long next)
    {
        var known = entries.TakeWhile(entry => entry.Index < next).ToList();
        if (known.Count == 0)
        {
            return null;
        }

        var stored = await transaction.Connection!.QueryAsync<byte[]>(
            """
            SELECT leaf_hash FROM usage_event
            WHERE node = @node AND node_index BETWEEN @first AND @last
            ORDER BY node_index
            """,
            new { node, first = known[0].Index, last = known[^1].Index },
            transaction);
        return known.Zip(stored).FirstOrDefault(pair => pair.First.Hash != TreeHash.Read(pair.Second)).First;
    }

    private static Task<int> RecordAsync(NpgsqlTransaction transaction, string node, Entry other, DateTimeOffset now) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO conflict (node, node_index, leaf, leaf_hash, received_at)
            VALUES (@node, @Index, @Leaf, @hash, @now) ON CONFLICT DO NOTHING
            """,
            new { node, other.Index, other.Leaf, hash = other.Hash.ToArray(), now },
            transaction);

    private static async Task AddAsync(NpgsqlConnection connection, string node, List<Entry> added, DateTimeOffset now, CancellationToken ct)
    {
        if (added.Count == 0)
        {
            return;
        }

        var logIndex = await connection.ExecuteScalarAsync<long>(
            "UPDATE log_head SET next_index = next_index + @Count RETURNING next_index - @Count", new { added.Count });
        await connection.ExecuteAsync(
            "UPDATE node SET next_index = next_index + @Count, last_received_at = @now WHERE node = @node",
            new { added.Count, now, node });
        await using var rows = await connection.BeginBinaryImportAsync(
            """
            COPY usage_event (log_index, node, node_index, leaf, leaf_hash, at, subject, project, outcome, received_at)
            FROM STDIN (FORMAT BINARY)
            """,
            ct);
        foreach (var (index, leaf, hash, usage) in added)
        {
            await rows.WriteRowAsync(
                ct,
                logIndex++,
                node,
                index,
                leaf,
                hash.ToArray(),
                usage.At,
                usage.Subject,
                usage.Project,
                usage.Outcome,
                now);
        }

        await rows.CompleteAsync(ct);
    }

    private sealed record Entry(long Index, byte[] Leaf, TreeHash Hash, UsageEvent Usage);
}
