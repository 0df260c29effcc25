using Dapper;
using Kakehashi.Contracts;
using Kakehashi.Metering.Batches;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Deliveries;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Metering.Events;

/// <summary>An auditor reads what was asked of the biobanks and how people came in, newest or oldest first, page by page.</summary>
public static class ListEvents
{
    private const int UsualLimit = 100;
    private const int LargestLimit = 500;

    /// <param name="Producer">Only this producer's events: <c>node:bbj</c>, <c>idbroker</c>.</param>
    /// <param name="Kind">Only events of this kind: <c>count</c>, <c>sign-in.failed</c>.</param>
    /// <param name="Actor">Only what this account or client did.</param>
    /// <param name="Subject">Only what was done to this account, session, client or key.</param>
    /// <param name="Project">Only questions of this project.</param>
    /// <param name="Outcome">Only questions that ended this way.</param>
    /// <param name="From">Only events of this time or later.</param>
    /// <param name="To">Only events before this time.</param>
    /// <param name="Order">newest (the usual) or oldest, by index in the log.</param>
    /// <param name="After">Index of the last event of the page before.</param>
    public sealed record Query(
        string? Producer,
        string? Kind,
        string? Actor,
        string? Subject,
        string? Project,
        string? Outcome,
        DateTimeOffset? From,
        DateTimeOffset? To,
        string? Order,
        long? After,
        int? Limit);

    /// <param name="Next">The value of <c>after</c> for the next page; null on the last.</param>
    public sealed record Response(IReadOnlyList<Item> Events, long? Next);

    /// <summary>One event: what was asked (<see cref="Usage"/>), or how somebody came in (<see cref="Access"/>).</summary>
    /// <param name="Index">Index in the log of all producers.</param>
    /// <param name="ProducerIndex">Index in the producer's own ledger.</param>
    /// <param name="LeafHash">RFC 6962 leaf hash of the exact bytes that the producer wrote, lower-case hex.</param>
    public sealed record Item(
        long Index, string Producer, long ProducerIndex, string LeafHash, UsageEvent? Usage, AccessEvent? Access, DateTimeOffset ReceivedAt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/events", HandleAsync)
        .WithName(nameof(ListEvents))
        .RequireAuthorization(Policies.Auditing);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        [AsParameters] Query query, NpgsqlDataSource database, CancellationToken ct)
    {
        if (WhyNot(query) is { } fault)
        {
            return Problems.BadRequest("metering.bad-query", "This is not a question about events.", fault);
        }

        var limit = query.Limit ?? UsualLimit;
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = (await connection.QueryAsync<(long, string, long, byte[], byte[], DateTime)>(query.Order == "oldest" ? OldestFirst : NewestFirst, new
        {
            query.Producer,
            query.Kind,
            query.Actor,
            query.Subject,
            query.Project,
            query.Outcome,
            From = query.From?.ToUniversalTime(),
            To = query.To?.ToUniversalTime(),
            query.After,
            More = limit + 1,
        })).AsList();
        var events = rows.Take(limit).Select(ToItem).ToList();
        return TypedResults.Ok(new Response(events, rows.Count > limit ? events[^1].Index : null));
    }

    private const string Matching =
        """
        SELECT log_index, producer, producer_index, leaf_hash, leaf, received_at FROM ledger_event
        WHERE (@Producer::text IS NULL OR producer = @Producer)
          AND (@Kind::text IS NULL OR kind = @Kind)
          AND (@Actor::text IS NULL OR actor = @Actor)
          AND (@Subject::text IS NULL OR subject = @Subject)
          AND (@Project::text IS NULL OR project = @Project)
          AND (@Outcome::text IS NULL OR outcome = @Outcome)
          AND (@From::timestamptz IS NULL OR at >= @From)
          AND (@To::timestamptz IS NULL OR at < @To)
        """;

    private const string NewestFirst = Matching +
        """

          AND (@After::bigint IS NULL OR log_index < @After)
        ORDER BY log_index DESC LIMIT @More
        """;

    private const string OldestFirst = Matching +
        """

          AND (@After::bigint IS NULL OR log_index > @After)
        ORDER BY log_index LIMIT @More
        """;

    private static string? WhyNot(Query query) => query switch
    {
        { Limit: < 1 or > LargestLimit } => $"limit is from 1 to {LargestLimit}.",
        { Order: not (null or "newest" or "oldest") } => "order is newest or oldest.",
        { Outcome: { } outcome } when !UsageEventRules.Outcomes.Contains(outcome) => $"outcome is one of {string.Join(", ", UsageEventRules.Outcomes.Order())}.",
        { From: { } from, To: { } to } when from >= to => "from lies before to.",
        _ when new[] { query.Producer, query.Kind, query.Actor, query.Subject, query.Project }.Any(text => text is not null && !LedgerFields.IsText(text)) =>
            "producer, kind, actor, subject and project are text of 1 to 200 characters.",
        _ => null,
    };

    private static Item ToItem((long Index, string Producer, long ProducerIndex, byte[] LeafHash, byte[] Leaf, DateTime ReceivedAt) row)
    {
        var entry = EventRules.ReadStored(row.Leaf, row.Producer);
        return new(row.Index, row.Producer, row.ProducerIndex, Convert.ToHexStringLower(row.LeafHash), entry.Usage, entry.Access, row.ReceivedAt);
    }
}
