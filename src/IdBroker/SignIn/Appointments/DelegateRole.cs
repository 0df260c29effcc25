using System.Security.Claims;
using System.Text.Json.Serialization;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>A data steward lets somebody act in their stead for one biobank, for at most 90 days and never longer than they are one themselves.</summary>
public static class DelegateRole
{
    public sealed record Request(
        [property: JsonRequired] string Account, [property: JsonRequired] string Biobank, [property: JsonRequired] int Days, [property: JsonRequired] string Reason);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/roles/delegations", HandleAsync)
        .WithName(nameof(DelegateRole))
        .RequireAuthorization(Policies.RoleKeeper);

    internal static async Task<Results<Ok<RoleView>, NotFound, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, RoleChanges changes, CancellationToken ct)
    {
        if (ReasonRules.WhyNot(request.Reason) is { } refused)
        {
            return refused;
        }

        var actor = user.ActorId();
        var wanted = new RoleAssignment
        {
            Account = request.Account,
            Role = Roles.Steward,
            Scope = request.Biobank,
            Reason = request.Reason,
        };
        return await changes.ApplyAsync(actor, request.Account, (book, now) => RoleRules.Delegate(book, actor, wanted, request.Days, now), ct);
    }
}
