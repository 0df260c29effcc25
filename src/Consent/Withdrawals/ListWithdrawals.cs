using System.Security.Claims;
using System.Text.Json.Serialization;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Consent.Withdrawals;

/// <summary>
/// A participant sees the own withdrawal and since when it is effective; a data steward how many withdrawals the own
/// biobanks have and how many their nodes have not confirmed, and with <c>?biobank=</c> each of them.
/// </summary>
public static class ListWithdrawals
{
    private const int LargestPage = 500;

    /// <param name="Biobanks">A steward's own biobanks.</param>
    /// <param name="Withdrawals">A participant's own; of a biobank the oldest first.</param>
    /// <param name="Next">Give it as <c>after</c> to read on; null at the end.</param>
    public sealed record Response(IReadOnlyList<Counts> Biobanks, IReadOnlyList<Withdrawal> Withdrawals, long? Next = null);

    /// <summary>Withdrawals of one biobank, and how many of them its node does not apply yet.</summary>
    public sealed record Counts(string Biobank, long Withdrawn, long Effective, long Pending);

    /// <param name="State"><c>effective</c>: the node applies it; <c>pending</c>: it has not confirmed.</param>
    public sealed record Withdrawal(
        string Biobank,
        ParticipantRef Participant,
        long Sequence,
        string State,
        DateTimeOffset RecordedAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? EffectiveAt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/withdrawals", HandleAsync)
        .WithName(nameof(ListWithdrawals))
        .RequireAuthorization(Policies.Withdrawing);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        ClaimsPrincipal user, NpgsqlDataSource database, CancellationToken ct, string? biobank = null, long after = 0, int limit = 100)
    {
        if (limit is < 1 or > LargestPage || after < 0)
        {
            return Problems.BadRequest("consent.page", "No such page.", $"after from 0, limit from 1 to {LargestPage}.");
        }

        var own = WithdrawalRules.StewardsOf(user);
        if (biobank is not null && !own.Contains(biobank))
        {
            return Problems.NotFound("consent.not-found", "No such biobank.", "You can name a biobank you act for.");
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var counts = await CountAsync(connection, biobank is null ? [.. own] : [biobank], ct);
        if (biobank is not null)
        {
            var page = await ReadAsync(connection, new(biobank, null, after, limit), ct);
            return TypedResults.Ok(new Response(counts, page, page.Count == limit ? page[^1].Sequence : null));
        }

        IReadOnlyList<Withdrawal> mine = WithdrawalRules.Own(user) is { } self
            ? await ReadAsync(connection, new(self.Biobank, self.Participant.ToWire(), 0, LargestPage), ct)
            : [];
        return TypedResults.Ok(new Response(counts, mine));
    }

    private static async Task<IReadOnlyList<Counts>> CountAsync(NpgsqlConnection connection, string[] biobanks, CancellationToken ct) =>
        (await connection.QueryAsync<Counts>(new CommandDefinition(
            """
            SELECT b.biobank_id AS Biobank,
                   count(c.sequence) AS Withdrawn,
                   count(c.sequence) FILTER (WHERE c.sequence <= r.acknowledged) AS Effective,
                   count(c.sequence) FILTER (WHERE c.sequence > r.acknowledged) AS Pending
            FROM biobank b
            JOIN replication r USING (biobank_id)
            LEFT JOIN consent_change c ON c.biobank_id = b.biobank_id AND c.kind = 'withdrawn'
            WHERE b.biobank_id = ANY(@biobanks)
            GROUP BY b.biobank_id
            ORDER BY b.biobank_id
            """,
            new { biobanks },
            cancellationToken: ct))).AsList();

    private static async Task<IReadOnlyList<Withdrawal>> ReadAsync(NpgsqlConnection connection, Page page, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT c.participant_ref AS Reference, c.sequence AS Sequence, c.recorded_at AS RecordedAt,
                   CASE WHEN c.sequence <= r.acknowledged
                        THEN (SELECT min(a.at) FROM acknowledgement a WHERE a.biobank_id = c.biobank_id AND a.applied >= c.sequence)
                   END AS EffectiveAt
            FROM consent_change c
            JOIN replication r USING (biobank_id)
            WHERE c.biobank_id = @Biobank AND c.kind = 'withdrawn' AND c.sequence > @After
              AND (@Reference::text IS NULL OR c.participant_ref = @Reference)
            ORDER BY c.sequence
            LIMIT @Limit
            """,
            page,
            cancellationToken: ct));
        return [.. rows.Select(row => row.Of(page.Biobank))];
    }

    private sealed record Page(string Biobank, string? Reference, long After, int Limit);

    private sealed record Row(string Reference, long Sequence, DateTime RecordedAt, DateTime? EffectiveAt)
    {
        public Withdrawal Of(string biobank) => new(
            biobank,
            ParticipantRef.Parse(Reference, null),
            Sequence,
            EffectiveAt is null ? "pending" : "effective",
            RecordedAt,
            EffectiveAt);
    }
}
