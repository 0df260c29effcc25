using Dapper;
using Kakehashi.Contracts;
using Kakehashi.Metering.Batches;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Metering.Events;

/// <summary>An auditor reads what was asked of the biobanks, newest or oldest first, page by page.</summary>
public static class ListEvents
{
    private const int UsualLimit = 100;
    private const int LargestLimit = 500;

    /// <param name="From">Only events decided at this time or later.</param>
    /// <param name="To">Only events decided before this time.</param>
    /// <param name="Order">newest (the usual) or oldest, by index in the log.</param>
    /// <param name="After">Index of the last event of the page before.</param>
    public sealed record Query(
        string? Node,
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

    /// <param name="Index">Index in the log of all nodes.</param>
    /// <param name="NodeIndex">Index in the node's own ledger.</param>
    /// <param name="LeafHash">RFC 6962 leaf hash of the exact bytes that the node wrote, lower-case hex.</param>
    public sealed record Item(long Index, long NodeIndex, string LeafHash, UsageEvent Event, DateTimeOffset ReceivedAt);

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
        var rows = (await connection.QueryAsync<(long, long, byte[], byte[], DateTime)>(query.Order == "oldest" ? OldestFirst : NewestFirst, new
        {
            query.Node,
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
        SELECT log_index, node_index, leaf_hash, leaf, received_at FROM usage_event
        WHERE (@Node::text IS NULL OR node = @Node)
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
        { Outcome: { } outcome } when !EventRules.Outcomes.Contains(outcome) => $"outcome is one of {string.Join(", ", EventRules.Outcomes.Order())}.",
        { From: { } from, To: { } to } when from >= to => "from lies before to.",
        _ when new[] { query.Node, query.Subject, query.Project }.Any(text => text is not null && !EventRules.IsText(text)) =>
            "node, subject and project are text of 1 to 200 characters.",
        _ => null,
    };

    private static Item ToItem((long Index, long NodeIndex, byte[] LeafHash, byte[] Leaf, DateTime ReceivedAt) row) =>
        new(row.Index, row.NodeIndex, Convert.ToHexStringLower(row.LeafHash), EventRules.ReadStored(row.Leaf), row.ReceivedAt);
}
