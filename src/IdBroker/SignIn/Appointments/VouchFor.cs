using System.Security.Claims;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>
/// An organisation's representative vouches for one of its researchers, for twelve months, or for twelve more. It ends at once when the person no longer
/// belongs to the organisation.
/// </summary>
public static class VouchFor
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/roles/{assignmentId:guid}/vouch", HandleAsync)
        .WithName(nameof(VouchFor))
        .RequireAuthorization(Policies.RoleKeeper);

    internal static Task<Results<Ok<RoleView>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid assignmentId, ClaimsPrincipal user, RoleChanges changes, CancellationToken ct)
    {
        var actor = user.ActorId();
        return changes.ApplyAsync(actor, assignmentId, (book, asked, now) => RoleRules.Vouch(book, actor, asked, now), ct);
    }
}
