using System.Security.Claims;
using System.Text.Json.Serialization;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>Ends a role, a vouch, a delegation or a request for one: by whoever could give it, or by the person themselves.</summary>
public static class EndRole
{
    public sealed record Request([property: JsonRequired] string Reason);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/roles/{assignmentId:guid}/end", HandleAsync)
        .WithName(nameof(EndRole))
        .RequireAuthorization(Policies.PersonNow);

    internal static async Task<Results<Ok<RoleView>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid assignmentId, Request request, ClaimsPrincipal user, RoleChanges changes, CancellationToken ct)
    {
        if (ReasonRules.WhyNot(request.Reason) is { } refused)
        {
            return refused;
        }

        var actor = user.ActorId();
        return await changes.ApplyAsync(
            actor, assignmentId, (book, ended, now) => RoleRules.End(book, actor, ended, request.Reason, now), ct);
    }
}
