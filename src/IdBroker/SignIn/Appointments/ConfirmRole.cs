using System.Security.Claims;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>A second operator confirms that somebody becomes an operator.</summary>
public static class ConfirmRole
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/roles/{assignmentId:guid}/confirmation", HandleAsync)
        .WithName(nameof(ConfirmRole))
        .RequireAuthorization(Policies.OperatorNow);

    internal static Task<Results<Ok<RoleView>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid assignmentId, ClaimsPrincipal user, RoleChanges changes, CancellationToken ct)
    {
        var actor = user.ActorId();
        return changes.ApplyAsync(actor, assignmentId, (book, asked, now) => RoleRules.Confirm(book, actor, asked, now), ct);
    }
}
