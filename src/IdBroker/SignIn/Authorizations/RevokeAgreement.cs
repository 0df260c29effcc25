using System.Security.Claims;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>A person takes back their agreement that a client hears their passport. From the commit on it hears nothing more of it.</summary>
public static class RevokeAgreement
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/account/agreements/{agreementId:guid}/revocation", HandleAsync)
        .WithName(nameof(RevokeAgreement))
        .RequireOwnPage()
        .RequireAuthorization(Policies.Owner);

    internal static async Task<Results<NoContent, NotFound, SeeOther>> HandleAsync(
        Guid agreementId, HttpRequest request, ClaimsPrincipal user, NpgsqlDataSource database, IOptions<IdBrokerOptions> options, TimeProvider clock, CancellationToken ct) =>
        !await RevokeAsync(database, user.ActorId(), agreementId, user.FindFirstValue(TokenClaims.Acr), clock.GetUtcNow(), ct) ? TypedResults.NotFound()
            : OwnPages.IsBrowser(request) ? new SeeOther($"{options.Value.Issuer}/account")
            : TypedResults.NoContent();

    /// <summary>False when there is no such live agreement of this person; somebody else's looks like none.</summary>
    internal static async Task<bool> RevokeAsync(
        NpgsqlDataSource database, string accountId, Guid agreementId, string? acr, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var revoked = await connection.QuerySingleOrDefaultAsync<(string ClientId, string Scope)?>(new(
            """
            UPDATE release_agreement SET revoked_at = @now
            WHERE release_agreement_id = @agreementId AND account_id = @accountId AND revoked_at IS NULL
            RETURNING client_id, scope
            """,
            new { now, agreementId, accountId },
            transaction,
            cancellationToken: ct));
        if (revoked is not { } agreement)
        {
            return false;
        }

        await AccessEvents.AppendAsync(
            transaction, new(now, accountId, "agreement.revoked", accountId) { Client = agreement.ClientId, Reason = agreement.Scope, Acr = acr }, ct);
        await transaction.CommitAsync(ct);
        return true;
    }
}
