using System.Security.Claims;
using System.Text.Json.Serialization;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>
/// Somebody asks to be a researcher of the organisation they come from. Asking gives nothing, so it needs no second factor; the organisation's
/// representative decides.
/// </summary>
public static class RequestResearcher
{
    /// <param name="Reason">What the person tells the representative.</param>
    public sealed record Request([property: JsonRequired] string Reason);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/roles/requests", HandleAsync)
        .WithName(nameof(RequestResearcher))
        .RequireAuthorization(Policies.Person);

    internal static async Task<Results<Ok<RoleView>, NotFound, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, RoleChanges changes, CancellationToken ct)
    {
        if (ReasonRules.WhyNot(request.Reason) is { } refused)
        {
            return refused;
        }

        var actor = user.ActorId();
        return await changes.ApplyAsync(
            actor,
            actor,
            (book, now) => RoleRules.Ask(
                book,
                new()
                {
                    Account = actor,
                    Role = Roles.Researcher,
                    Scope = book.People.TryGetValue(actor, out var person) ? person.Org : "",
                    Reason = request.Reason,
                },
                now),
            ct);
    }
}
