using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Consent.Grants;

/// <summary>
/// The chair of a biobank's data access committee records a permission: who may use which dataset, for which project, purpose
/// and time. Nobody decides on their own, and only freshly signed in with two factors.
/// </summary>
public static class RecordGrant
{
    /// <param name="People">Account ids of those who are granted access.</param>
    /// <param name="From">When it begins; now when left out.</param>
    /// <param name="Until">When it ends.</param>
    public sealed record Request(
        [property: JsonRequired] string Biobank,
        [property: JsonRequired] string Dataset,
        [property: JsonRequired] string Project,
        [property: JsonRequired] IReadOnlyList<string> People,
        [property: JsonRequired] Purpose Purpose,
        DateTimeOffset? From,
        [property: JsonRequired] DateTimeOffset Until,
        [property: JsonRequired] string Reason);

    public sealed record Response(Guid GrantId, DateTimeOffset RecordedAt, DateTimeOffset From, DateTimeOffset Until);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/grants", HandleAsync)
        .WithName(nameof(RecordGrant))
        .RequireAuthorization(Policies.Granting);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, NpgsqlDataSource database, TimeProvider clock, ILogger<Response> logger, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!GrantRules.ChairsOf(user).Contains(request.Biobank))
        {
            return NotFound();
        }

        if (GrantRules.WhyNot(request, now) is { } fault)
        {
            return Problems.Unprocessable(fault.Code, fault.Title, fault.Expected, fault.At);
        }

        var chair = user.ActorId();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (GrantRules.IsOwn(user, chair, request.Project, request.People) || await WasGrantedAsync(transaction, chair, request.Project))
        {
            return Problems.Forbidden(
                "consent.own-grant", "Nobody decides on their own access.", "You belong to this project: somebody else must chair the decision.");
        }

        var grant = new Response(Guid.CreateVersion7(now), now, request.From ?? now, request.Until);
        if (!await InsertAsync(transaction, grant, request, chair))
        {
            return NotFound();
        }

        await Audit.AppendAsync(transaction, new(now, chair, "grant.recorded", $"{grant.GrantId}", request.Reason), ct);
        await transaction.CommitAsync(CancellationToken.None);

        Log.GrantRecorded(logger, grant.GrantId, request.Biobank, request.People.Count);
        return TypedResults.Ok(grant);
    }

    private static ProblemHttpResult NotFound() =>
        Problems.NotFound("consent.not-found", "No such biobank.", "You can grant access to datasets of biobanks whose committee you chair.");

    // The token may be older than the membership: whoever was ever granted access for the project belongs to it.
    private static Task<bool> WasGrantedAsync(NpgsqlTransaction transaction, string person, string project) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(
            """
            SELECT EXISTS (SELECT 1 FROM access_grant g JOIN access_grant_person p USING (access_grant_id)
            WHERE g.project = @project AND p.person = @person)
            """,
            new { project, person },
            transaction);

    /// <summary>False when the biobank is not one of this platform's.</summary>
    private static async Task<bool> InsertAsync(NpgsqlTransaction transaction, Response grant, Request request, string chair) =>
        await transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO access_grant
                (access_grant_id, biobank_id, dataset, project, purpose, valid_from, valid_until, decided_by, decided_at, reason)
            SELECT @GrantId, biobank_id, @Dataset, @Project, @purpose::jsonb, @From, @Until, @chair, @RecordedAt, @Reason
            FROM biobank WHERE biobank_id = @Biobank
            """,
            new
            {
                grant.GrantId,
                grant.From,
                grant.Until,
                grant.RecordedAt,
                request.Biobank,
                request.Dataset,
                request.Project,
                request.Reason,
                purpose = JsonSerializer.Serialize(request.Purpose, ServiceDefaultsExtensions.Json),
                chair,
            },
            transaction) == 1
        && await transaction.Connection!.ExecuteAsync(
            "INSERT INTO access_grant_person (access_grant_id, person) SELECT @GrantId, unnest(@people)",
            new { grant.GrantId, people = request.People.ToArray() },
            transaction) == request.People.Count;
}
