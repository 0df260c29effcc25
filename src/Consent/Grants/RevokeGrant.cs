using System.Security.Claims;
using System.Text.Json.Serialization;
using Dapper;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Consent.Grants;

/// <summary>
/// The chair of the committee takes a permission back. From the commit on no visa is issued for it. Unlike granting, stopping
/// never waits for a fresh sign-in.
/// </summary>
public static class RevokeGrant
{
    public sealed record Request([property: JsonRequired] string Reason);

    public sealed record Response(Guid GrantId, DateTimeOffset RevokedAt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/grants/{grantId:guid}/revocation", HandleAsync)
        .WithName(nameof(RevokeGrant))
        .RequireAuthorization(Policies.Revoking);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Guid grantId, Request request, ClaimsPrincipal user, NpgsqlDataSource database, TimeProvider clock, ILogger<Response> logger,
        CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > GrantRules.LongestReason)
        {
            return Problems.Unprocessable("consent.reason", "Say why.", $"A reason of 1 to {GrantRules.LongestReason} characters.", "/reason");
        }

        var (now, chair) = (clock.GetUtcNow(), user.ActorId());
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await ExistsAsync(transaction, grantId, [.. GrantRules.ChairsOf(user)]))
        {
            return Problems.NotFound("consent.not-found", "No such grant.", "You can revoke grants of biobanks whose committee you chair.");
        }

        // The primary key decides a race: the second insert waits for the first, and then adds nothing.
        var revoked = await connection.ExecuteAsync(
            """
            INSERT INTO access_grant_revocation (access_grant_id, revoked_by, revoked_at, reason)
            VALUES (@grantId, @chair, @now, @Reason)
            ON CONFLICT DO NOTHING
            """,
            new { grantId, chair, now, request.Reason },
            transaction);
        if (revoked == 0)
        {
            return Problems.Conflict("consent.already-revoked", "This grant was revoked before.");
        }

        await Audit.AppendAsync(transaction, new(now, chair, "grant.revoked", $"{grantId}", request.Reason), ct);
        await transaction.CommitAsync(CancellationToken.None);

        Log.GrantRevoked(logger, grantId);
        return TypedResults.Ok(new Response(grantId, now));
    }

    private static Task<bool> ExistsAsync(NpgsqlTransaction transaction, Guid grantId, string[] biobanks) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(
            "SELECT EXISTS (SELECT 1 FROM access_grant WHERE access_grant_id = @grantId AND biobank_id = ANY(@biobanks))",
            new { grantId, biobanks },
            transaction);
}
