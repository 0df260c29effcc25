using System.Security.Claims;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.Metering.Batches;

/// <summary>A node speaks for itself only: its client id is its audience, <c>node:</c> and its slug.</summary>
internal static class DeliveringNode
{
    public static bool IsNode(this ClaimsPrincipal user, string node) =>
        user.FindFirstValue(TokenClaims.ClientId) == Audiences.Node(node);

    public static ProblemHttpResult Foreign() =>
        Problems.Forbidden("metering.foreign-node", "A node delivers its own ledger and no other.");
}
