using System.Text.RegularExpressions;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>Account ids are the subjects in tokens, and the user names of local accounts.</summary>
public static partial class AccountIds
{
    public static bool IsOne(string text) => Form().IsMatch(text);

    /// <summary>What somebody typed as a user name; empty when no account can have it.</summary>
    public static string Read(string? typed) =>
        typed is { Length: <= 100 } && typed.Trim().ToLowerInvariant() is var name && IsOne(name) ? name : "";

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,63}\z")]
    private static partial Regex Form();
}
