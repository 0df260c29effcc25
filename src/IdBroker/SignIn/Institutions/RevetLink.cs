using System.Security.Claims;
using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// An operator has made sure, outside the platform, that whoever uses a dormant link is still the same person: the next sign-in opens the account
/// again. Nobody does this for themselves.
/// </summary>
public static class RevetLink
{
    /// <param name="Reason">How it was made sure.</param>
    public sealed record Request(string Reason);

    public sealed record Response(Guid LinkId, DateTimeOffset RevettedAt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/links/{linkId:guid}/revetting", HandleAsync)
        .WithName(nameof(RevetLink))
        .RequireAuthorization(Policies.OperatorNow);

    internal static async Task<Results<Ok<Response>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid linkId, Request request, ClaimsPrincipal user, NpgsqlDataSource database, TimeProvider clock, ILogger<Response> logger, CancellationToken ct)
    {
        if (ReasonRules.WhyNot(request.Reason) is { } refused)
        {
            return refused;
        }

        var (now, actor) = (clock.GetUtcNow(), user.ActorId());
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var account = await connection.QuerySingleOrDefaultAsync<string?>(new(
            "SELECT account_id FROM identity_link WHERE identity_link_id = @linkId AND ended_at IS NULL FOR UPDATE",
            new { linkId },
            transaction,
            cancellationToken: ct));
        if (account is null)
        {
            return TypedResults.NotFound();
        }

        if (account == actor)
        {
            return Problems.Forbidden("idbroker.own-link", "Nobody confirms their own link.", "Ask another operator.");
        }

        await connection.ExecuteAsync(new(
            "UPDATE identity_link SET revetted_at = @now, revetted_why = @Reason, dormant_since = NULL WHERE identity_link_id = @linkId",
            new { now, request.Reason, linkId },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(transaction, new(now, actor, "link.revetted", linkId.ToString("N")) { Reason = "by-operator" }, ct);
        await transaction.CommitAsync(ct);
        Log.LinkRevetted(logger, linkId);
        return TypedResults.Ok(new Response(linkId, now));
    }
}
