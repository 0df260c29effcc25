using System.Security.Claims;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Sessions;

/// <summary>A person signs out everywhere: in all browsers and on all devices, this one included.</summary>
public static class EndOwnSessions
{
    public sealed record Response(int Ended);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/account/sessions/end-all", HandleAsync)
        .WithName(nameof(EndOwnSessions))
        .RequireOwnPage()
        .RequireAuthorization(Policies.Owner);

    internal static async Task<IResult> HandleAsync(
        HttpContext context, ClaimsPrincipal user, SignInSessions sessions, NpgsqlDataSource database, IOptions<IdBrokerOptions> options, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var ended = await sessions.EndAllAsync(transaction, user.ActorId(), user.ActorId(), "ended-by-owner", ct);
        await transaction.CommitAsync(ct);
        return OwnPages.IsBrowser(context.Request) ? SignedOut.Say(context, options.Value.Issuer) : TypedResults.Ok(new Response(ended));
    }
}
