using Kakehashi.Contracts;

namespace Kakehashi.IdBroker.SignIn.Sessions;

/// <summary>A person's live sign-in at the broker, in one browser or on one device.</summary>
public sealed record SignInSession(
    Guid SessionId,
    string AccountId,
    DateTimeOffset StartedAt,
    DateTimeOffset LastSeenAt,
    DateTimeOffset AuthTime,
    string Acr,
    IReadOnlyList<string> Amr,
    string? Institution)
{
    public bool HasTwoFactors => Acr == Assurance.Mfa;
}

/// <summary>How a person proved who they are.</summary>
/// <param name="Amr">RFC 8176: pwd, otp, hwk, user, mfa, fed.</param>
/// <param name="Institution">The institution that signed the person in, if one did.</param>
/// <param name="At">When, if it was not just now: an institution may have asked the person some time ago.</param>
public sealed record SignInProof(string Acr, IReadOnlyList<string> Amr, string? Institution = null, DateTimeOffset? At = null);

/// <summary>When a session counts. Pure.</summary>
public static class SessionRules
{
    public static readonly TimeSpan Idle = TimeSpan.FromHours(1);
    public static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    public static bool IsLive(DateTimeOffset startedAt, DateTimeOffset lastSeenAt, DateTimeOffset now) =>
        now - startedAt < Longest && now - lastSeenAt < Idle;
}
