using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn;

/// <summary>The reason somebody gives for what they do to others' accounts: kept beside it, never sent to the ledger.</summary>
public static class ReasonRules
{
    private const int Shortest = 3;
    private const int Longest = 500;

    /// <summary>Null for a reason that can be kept.</summary>
    public static ProblemHttpResult? WhyNot(string reason) =>
        reason.Trim().Length is >= Shortest and <= Longest && !reason.Any(char.IsControl)
            ? null
            : Problems.Unprocessable("idbroker.no-reason", $"Say why, in {Shortest} to {Longest} characters on one line.", at: "/reason");
}
