using System.Security.Claims;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>
/// An operator makes somebody an auditor, a representative, the chair of a data access committee or (with a second operator) an operator; a chair
/// makes somebody a data steward of their biobank.
/// </summary>
public static partial class GrantRole
{
    /// <param name="Scope">A biobank or an organisation, where the role needs one.</param>
    public sealed record Request(
        [property: JsonRequired] string Account, [property: JsonRequired] string Role, [property: JsonRequired] string Reason, string Scope = "");

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/roles", HandleAsync)
        .WithName(nameof(GrantRole))
        .RequireAuthorization(Policies.RoleKeeper);

    internal static async Task<Results<Ok<RoleView>, NotFound, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, RoleChanges changes, CancellationToken ct)
    {
        if ((ReasonRules.WhyNot(request.Reason) ?? WhyNotScope(request)) is { } refused)
        {
            return refused;
        }

        var actor = user.ActorId();
        var wanted = new RoleAssignment { Account = request.Account, Role = request.Role, Scope = request.Scope, Reason = request.Reason };
        return await changes.ApplyAsync(actor, request.Account, (book, now) => RoleRules.Grant(book, actor, wanted, now), ct);
    }

    private static ProblemHttpResult? WhyNotScope(Request request) =>
        (RoleRules.Find(request.Role)?.Scope ?? RoleScope.Platform) switch
        {
            RoleScope.Platform => request.Scope.Length == 0,
            RoleScope.Biobank => Slug().IsMatch(request.Scope),
            _ => request.Scope.Trim().Length is > 0 and <= 200 && !request.Scope.Any(char.IsControl),
        }
            ? null
            : Problems.Unprocessable(
                "idbroker.role.wrong-scope",
                "This role needs another scope.",
                "A steward or chair is one of a biobank (its slug), a representative one of an organisation (as tokens name it), any other of none.",
                "/scope");

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,30}\z")]
    private static partial Regex Slug();
}
