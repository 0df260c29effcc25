using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>What comes next after somebody proved something.</summary>
public enum SignInStep
{
    SignedIn,

    /// <summary>Show the second factor that the account has.</summary>
    ProveSecondFactor,

    /// <summary>Set up a first second factor: what is asked for is more than the account has.</summary>
    AddSecondFactor,

    /// <summary>The same, but only with a code from an operator: the account's roles are worth more than a password.</summary>
    EnterEnrolmentCode,
}

/// <summary>When a proof is enough, and what each means proves (RFC 8176).</summary>
public static class SignInRules
{
    public static readonly IReadOnlyList<string> Password = ["pwd"];
    public static readonly IReadOnlyList<string> OneTimeCode = ["otp"];

    /// <summary>A passkey that verified its user: something held and something known or inherent, so two factors in one.</summary>
    /// <param name="isBackedUp">Whether copies of it may exist on other devices.</param>
    public static IReadOnlyList<string> Passkey(bool isBackedUp) => [isBackedUp ? "swk" : "hwk", "user"];

    public static SignInStep Next(Account account, bool hasSecondFactor, SignInProof proof, bool twoFactorsAsked) =>
        proof.Acr == Assurance.Mfa ? SignInStep.SignedIn
        : hasSecondFactor && (account.NeedsTwoFactors || twoFactorsAsked || proof.Amr.Contains("pwd")) ? SignInStep.ProveSecondFactor
        : account.NeedsTwoFactors ? SignInStep.EnterEnrolmentCode
        : twoFactorsAsked ? SignInStep.AddSecondFactor
        : SignInStep.SignedIn;

    /// <summary>Two proofs of the same person, one after the other.</summary>
    public static SignInProof Both(IReadOnlyList<string> first, IReadOnlyList<string> second, string? institution) =>
        new(Assurance.Mfa, [.. first.Concat(second).Where(method => method != "mfa").Distinct(), "mfa"], institution);

    /// <summary>Whether this sign-in may change passwords and second factors: recent, and with all the account has.</summary>
    public static bool MayChangeFactors(Account account, bool hasSecondFactor, SignInSession session, DateTimeOffset now) =>
        now - session.AuthTime <= StepUp.MaxAge && (session.HasTwoFactors || !(hasSecondFactor || account.NeedsTwoFactors));

    /// <summary>Null when a second factor may go; otherwise why not.</summary>
    public static string? WhyNotRemove(Account account, int secondFactors) =>
        account.NeedsTwoFactors && secondFactors < 2 ? "second-factor.last-one" : null;
}
