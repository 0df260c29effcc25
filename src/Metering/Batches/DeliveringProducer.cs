using System.Security.Claims;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.Metering.Batches;

/// <summary>A producer speaks for itself only: its name is its client id, and it has the role that goes with it.</summary>
internal static class DeliveringProducer
{
    public static bool Is(this ClaimsPrincipal user, string producer) =>
        user.FindFirstValue(TokenClaims.ClientId) == producer && EventRules.RoleOf(producer) is { } role && user.HasClaim(TokenClaims.Roles, role);

    public static ProblemHttpResult Foreign() =>
        Problems.Forbidden("metering.foreign-producer", "A producer delivers its own ledger, under its client id, and no other.");
}
