using System.Security.Claims;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Metering.Batches;

/// <summary>
/// A producer brings entries of its ledger. They are taken all or none, in order and without gaps; what is here already is
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
        if (!user.Is(batch.Producer))
        {
            Log.ForeignProducer(logger, user.FindFirstValue(TokenClaims.ClientId));
            return DeliveringProducer.Foreign();
        }

        if (batch.Entries.Count is 0 or > MostEntries || batch.FirstIndex is < 0 or > LastIndex)
        {
            return Problems.Unprocessable("metering.bad-batch", $"A batch has 1 to {MostEntries} entries, from an index of 0 or more.");
        }

        if (ReadEntries(batch, out var broken) is not { } entries)
        {
            Log.BadEvent(logger, batch.Producer, broken.Index, broken.Rule);
            return Problems.Unprocessable(
                "metering.bad-event",
                $"Entry {broken.Index} is not an event of this producer.",
                $"Rule: {broken.Rule}.",
                $"/entries/{broken.Index - batch.FirstIndex}");
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // The lock comes before anything is read: of two deliveries at once the second sees all of the first.
        var next = await LockAsync(transaction, batch.Producer);
        if (batch.FirstIndex > next)
        {
            Log.Gap(logger, batch.Producer, batch.FirstIndex, next);
            var gap = Problems.Conflict("metering.gap", $"Entry {next} comes first.", $"Send the entries from {next} on.");
            gap.ProblemDetails.Extensions["nextIndex"] = next;
            return gap;
        }

        if (await FindContradictionAsync(transaction, batch.Producer, entries, next) is { } other)
        {
            await RecordAsync(transaction, batch.Producer, other, now);
            await transaction.CommitAsync(ct);
            Log.Conflict(logger, batch.Producer, other.Index);
            return Problems.Conflict(
                "metering.conflict", $"Entry {other.Index} was delivered before with different content.", "The first version stays; this one is on record.");
        }

        var added = entries.SkipWhile(entry => entry.Index < next).ToList();
        await AddAsync(connection, batch.Producer, added, now, ct);
        await transaction.CommitAsync(ct);
        Log.BatchReceived(logger, batch.Producer, added.Count, next + added.Count);
        return TypedResults.Ok(new LedgerBatchReceipt(next + added.Count));
    }

    private static List<Entry>? ReadEntries(LedgerBatch batch, out (long Index, string Rule) broken)
    {
        broken = default;
        var entries = new List<Entry>(batch.Entries.Count);
        foreach (var leaf in batch.Entries)
        {
            var index = batch.FirstIndex + entries.Count;
            if (EventRules.Read(leaf, batch.Producer, out var rule) is not { } entry)
            {
                broken = (index, rule!);
                return null;
            }

            entries.Add(new(index, leaf, Rfc6962.Leaf(leaf), entry));
        }

        return entries;
    }

    private static async Task<long> LockAsync(NpgsqlTransaction transaction, string producer)
    {
        await transaction.Connection!.ExecuteAsync(
            "INSERT INTO producer (producer) VALUES (@producer) ON CONFLICT DO NOTHING", new { producer }, transaction);
        return await transaction.Connection!.ExecuteScalarAsync<long>(
            "SELECT next_index FROM producer WHERE producer = @producer FOR UPDATE", new { producer }, transaction);
    }

    private static async Task<Entry?> FindContradictionAsync(NpgsqlTransaction transaction, string producer, List<Entry> entries, long next)
    {
        var known = entries.TakeWhile(entry => entry.Index < next).ToList();
        if (known.Count == 0)
        {
            return null;
        }

        var stored = await transaction.Connection!.QueryAsync<byte[]>(
            """
            SELECT leaf_hash FROM ledger_event
            WHERE producer = @producer AND producer_index BETWEEN @first AND @last
            ORDER BY producer_index
            """,
            new { producer, first = known[0].Index, last = known[^1].Index },
            transaction);
        return known.Zip(stored).FirstOrDefault(pair => pair.First.Hash != TreeHash.Read(pair.Second)).First;
    }

    private static Task<int> RecordAsync(NpgsqlTransaction transaction, string producer, Entry other, DateTimeOffset now) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO conflict (producer, producer_index, leaf, leaf_hash, received_at)
            VALUES (@producer, @Index, @Leaf, @hash, @now) ON CONFLICT DO NOTHING
            """,
            new { producer, other.Index, other.Leaf, hash = other.Hash.ToArray(), now },
            transaction);

    private static async Task AddAsync(NpgsqlConnection connection, string producer, List<Entry> added, DateTimeOffset now, CancellationToken ct)
    {
        if (added.Count == 0)
        {
            return;
        }

        var logIndex = await connection.ExecuteScalarAsync<long>(
            "UPDATE log_head SET next_index = next_index + @Count RETURNING next_index - @Count", new { added.Count });
        await connection.ExecuteAsync(
            "UPDATE producer SET next_index = next_index + @Count, last_received_at = @now WHERE producer = @producer",
            new { added.Count, now, producer });
        await using var rows = await connection.BeginBinaryImportAsync(
            """
            COPY ledger_event (log_index, producer, producer_index, leaf, leaf_hash, at, kind, actor, subject, project, outcome, received_at)
            FROM STDIN (FORMAT BINARY)
            """,
            ct);
        foreach (var (index, leaf, hash, entry) in added)
        {
            await rows.WriteRowAsync(
                ct,
                logIndex++,
                producer,
                index,
                leaf,
                hash.ToArray(),
                entry.At,
                entry.Kind,
                entry.Actor,
                entry.Access?.Subject,
                entry.Usage?.Project,
                entry.Usage?.Outcome,
                now);
        }

        await rows.CompleteAsync(ct);
    }

    private sealed record Entry(long Index, byte[] Leaf, TreeHash Hash, LedgerEvent Event);
}
