using System.Security.Cryptography;
using Kakehashi.IdBroker.SignIn.Accounts;

namespace Kakehashi.AppHost.Platform;

/// <summary>What the made-up people sign in with in a browser: a password for all of them, and an authenticator app for each.</summary>
public static class DemoSecrets
{
    // Nothing that looks like something else, and small letters only: it is typed by hand.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int Groups = 4;

    /// <summary>Stays the same from start to start.</summary>
    public static string Password(PlatformFolder folder) => folder.Kept(
        "secrets", "demo-password", () => string.Join('-', Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Letters, 4))));

    /// <summary>Kept as well: another hash of the same password would be another entry in the accounts file.</summary>
    public static string PasswordHash(PlatformFolder folder) =>
        folder.Kept("secrets", "demo-password-hash", () => PasswordRules.Hash(Password(folder)));

    /// <summary>Makes the account's secret; gives the name of its file, beside the accounts file.</summary>
    public static string TotpSecretFile(PlatformFolder folder, string account)
    {
        var name = $"totp-{account}";
        Secret(folder, name);
        return name;
    }

    /// <summary>What the account's authenticator app shows now; null when there is no such account.</summary>
    public static string? Code(PlatformFolder folder, string account, DateTimeOffset now) => DemoAccounts.All.Any(known => known.Id == account)
        ? TotpRules.CodeAt(TotpRules.FromBase32(Secret(folder, $"totp-{account}"))!, TotpRules.StepAt(now))
        : null;

    private static string Secret(PlatformFolder folder, string name) =>
        folder.Kept("registry", name, () => TotpRules.Base32(RandomNumberGenerator.GetBytes(TotpRules.SecretBytes)));
}
