using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>Which passwords are accepted, and what is kept of them (PBKDF2 with HMAC-SHA-512, in the format of ASP.NET Core Identity).</summary>
public static class PasswordRules
{
    public const int Shortest = 12;
    public const int Longest = 256;

    // OWASP's figure for this function.
    private const int Iterations = 210_000;
    private const int FewestDifferentLetters = 5;

    private static readonly PasswordHasher<object> Hasher =
        new(Options.Create(new PasswordHasherOptions { CompatibilityMode = PasswordHasherCompatibilityMode.IdentityV3, IterationCount = Iterations }));

    private static readonly object Nobody = new();

    // What is checked when there is no account or no password: the same work, never a match.
    private static readonly string Dummy = Hash(OpaqueSecret.Create());

    /// <summary>Null when the password is good; otherwise the code of the rule it breaks.</summary>
    public static string? WhyNot(string password, string accountId) => password switch
    {
        { Length: < Shortest } => "password.too-short",
        { Length: > Longest } => "password.too-long",
        _ when password.Distinct().Count() < FewestDifferentLetters => "password.too-simple",
        _ when password.Contains(accountId, StringComparison.OrdinalIgnoreCase) => "password.holds-user-name",
        _ => null,
    };

    public static string Hash(string password) => Hasher.HashPassword(Nobody, password);

    /// <param name="hash">Null when there is nothing to check against: it takes as long and does not match.</param>
    public static PasswordVerificationResult Verify(string? hash, string password)
    {
        var result = Hasher.VerifyHashedPassword(Nobody, hash ?? Dummy, password.Length <= Longest ? password : "");
        return hash is null ? PasswordVerificationResult.Failed : result;
    }

    /// <summary>Whether a hash can be checked at all: the accounts file may hold anything.</summary>
    public static bool IsHash(string hash)
    {
        Span<byte> bytes = stackalloc byte[256];
        return Convert.TryFromBase64String(hash, bytes, out var length) && length >= 13 + 32 && bytes[0] == 1;
    }
}
