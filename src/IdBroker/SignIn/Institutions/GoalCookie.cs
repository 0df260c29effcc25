using Kakehashi.IdBroker.SignIn.Accounts;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// A secret and the goal of a sign-in in one cookie: the goal names a waiting request, which is nobody's business but this browser's.
/// </summary>
internal static class GoalCookie
{
    public static string Write(string secret, SignInGoal goal) => $"{secret}.{(goal.TwoFactors ? 2 : 1)}.{goal.Request}";

    /// <summary>An empty secret, which fits nothing, when the text is no such cookie.</summary>
    public static (string Secret, SignInGoal Goal) Read(string? text) => text?.Split('.', 3) is [{ Length: > 0 } secret, { } factors, { } request]
        ? (secret, new(request.Length == 0 ? null : request, factors == "2"))
        : ("", new());
}
