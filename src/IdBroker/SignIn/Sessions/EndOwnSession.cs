using System.Security.Claims;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Sessions;

/// <summary>A person ends one of their sessions: the lost notebook, or this browser. Its tokens end with it.</summary>
public static class EndOwnSession
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/account/sessions/{sessionId:guid}/end", HandleAsync)
        .WithName(nameof(EndOwnSession))
        .RequireOwnPage()
        .RequireAuthorization(Policies.Owner);

    internal static async Task<IResult> HandleAsync(
        Guid sessionId, HttpContext context, ClaimsPrincipal user, SignInSessions sessions, NpgsqlDataSource database,
        IOptions<IdBrokerOptions> options, CancellationToken ct)
    {
        var accountId = user.ActorId();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // FOR UPDATE: of two ends at once the second finds it ended. Somebody else's session looks like none.
        var isOwn = await connection.ExecuteScalarAsync<bool>(new(
            """
            SELECT EXISTS (
                SELECT FROM sign_in_session WHERE session_id = @sessionId AND account_id = @accountId AND ended_at IS NULL FOR UPDATE)
            """,
            new { sessionId, accountId },
            transaction,
            cancellationToken: ct));
        if (!isOwn)
        {
            return TypedResults.NotFound();
        }

        await sessions.EndAsync(transaction, sessionId, accountId, "ended-by-owner", ct);
        await transaction.CommitAsync(ct);
        if (!OwnPages.IsBrowser(context.Request))
        {
            return TypedResults.NoContent();
        }

        return user.FindFirstValue(TokenClaims.Session) == sessionId.ToString("N")
            ? SignedOut.Say(context, options.Value.Issuer)
            : new SeeOther($"{options.Value.Issuer}/account");
    }
}
