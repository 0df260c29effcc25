using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Consent.Grants;

/// <summary>
/// Everybody sees what access they have been granted and how it stands; with <c>?biobank=</c> the chair of its committee and its
/// data stewards see all of its grants, and to whom. Newest first.
/// </summary>
public static class ListGrants
{
    private const int LargestPage = 500;

    /// <param name="Next">Give it as <c>after</c> to read on; null at the end.</param>
    public sealed record Response(IReadOnlyList<Grant> Grants, Guid? Next = null);

    /// <param name="State"><c>pending</c> (begins later), <c>live</c>, <c>ended</c> or <c>revoked</c>.</param>
    /// <param name="People">To whom; only for those who oversee the biobank's grants, as are DecidedBy and the reasons.</param>
    public sealed record Grant(
        Guid GrantId,
        string Biobank,
        string Dataset,
        string Project,
        Purpose Purpose,
        string State,
        DateTimeOffset From,
        DateTimeOffset Until,
        DateTimeOffset DecidedAt,
        DateTimeOffset? RevokedAt,
        IReadOnlyList<string>? People,
        string? DecidedBy,
        string? Reason,
        string? RevocationReason);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/grants", HandleAsync)
        .WithName(nameof(ListGrants))
        .RequireAuthorization(Policies.SeeingGrants);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        ClaimsPrincipal user, NpgsqlDataSource database, TimeProvider clock, CancellationToken ct,
        string? biobank = null, Guid? after = null, int limit = 100)
    {
        if (limit is < 1 or > LargestPage)
        {
            return Problems.BadRequest("consent.page", "No such page.", $"limit from 1 to {LargestPage}.");
        }

        if (biobank is not null && !GrantRules.OverseenBy(user).Contains(biobank))
        {
            return Problems.NotFound("consent.not-found", "No such biobank.", "You can name a biobank you act for.");
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT g.access_grant_id AS GrantId, g.biobank_id AS Biobank, g.dataset AS Dataset, g.project AS Project,
                   g.purpose::text AS Purpose, g.valid_from AS ValidFrom, g.valid_until AS ValidUntil, g.decided_at AS DecidedAt,
                   r.revoked_at AS RevokedAt,
                   (SELECT json_agg(p.person ORDER BY p.person)::text FROM access_grant_person p
                    WHERE p.access_grant_id = g.access_grant_id) AS People,
                   g.decided_by AS DecidedBy, g.reason AS Reason, r.reason AS RevocationReason
            FROM access_grant g
            LEFT JOIN access_grant_revocation r USING (access_grant_id)
            WHERE (@biobank::text IS NULL OR g.biobank_id = @biobank)
              AND (@person::text IS NULL OR EXISTS (
                  SELECT 1 FROM access_grant_person p WHERE p.access_grant_id = g.access_grant_id AND p.person = @person))
              AND (@after::uuid IS NULL OR g.access_grant_id < @after)
            ORDER BY g.access_grant_id DESC
            LIMIT @limit
            """,
            new { biobank, person = biobank is null ? user.ActorId() : null, after, limit },
            cancellationToken: ct))).AsList();
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new Response(
            [.. rows.Select(row => row.ToGrant(now, oversees: biobank is not null))],
            rows.Count == limit ? rows[^1].GrantId : null));
    }

    private sealed record Row(
        Guid GrantId, string Biobank, string Dataset, string Project, string Purpose, DateTime ValidFrom, DateTime ValidUntil, DateTime DecidedAt,
        DateTime? RevokedAt, string People, string DecidedBy, string Reason, string? RevocationReason)
    {
        public Grant ToGrant(DateTimeOffset now, bool oversees) => new(
            GrantId,
            Biobank,
            Dataset,
            Project,
            JsonSerializer.Deserialize<Purpose>(Purpose, ServiceDefaultsExtensions.Json)!,
            GrantRules.StateOf(ValidFrom, ValidUntil, RevokedAt, now),
            ValidFrom,
            ValidUntil,
            DecidedAt,
            RevokedAt,
            oversees ? JsonSerializer.Deserialize<string[]>(People) : null,
            oversees ? DecidedBy : null,
            oversees ? Reason : null,
            oversees ? RevocationReason : null);
    }
}
