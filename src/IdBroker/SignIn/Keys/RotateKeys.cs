using System.Security.Claims;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Keys;

/// <summary>
/// An operator replaces the signing key. The new key is published first and signs a little later; the old one stays
/// published until its last token has expired. Nobody is signed out by it.
/// </summary>
public static class RotateKeys
{
    public sealed record Response(string KeyId, DateTimeOffset SignsFrom);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/keys/rotation", HandleAsync)
        .WithName(nameof(RotateKeys))
        .RequireAuthorization(Policies.OperatorNow);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(ClaimsPrincipal user, KeyRing ring, CancellationToken ct) =>
        await ring.RotateAsync(user.ActorId(), onlyFirst: false, ct) is { } term
            ? TypedResults.Ok(new Response(term.KeyId, term.SignsFrom))
            : Problems.Conflict(
                "idbroker.rotation-under-way",
                "A new key is published already and has not begun to sign.",
                "Wait until it signs (less than the configured KeyPublishedAheadSeconds), then rotate again if needed.");
}
