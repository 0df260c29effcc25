using Kakehashi.IdBroker.SignIn.Sessions;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>What becomes of somebody who comes back from an institution.</summary>
public enum ArrivalOutcome
{
    /// <summary>Known: signed in.</summary>
    SignIn,

    /// <summary>Not known: asked whether to make an account.</summary>
    Introduce,

    /// <summary>Known long ago: the account stays shut until somebody or something else says that it is the same person.</summary>
    AskForRevetting,

    /// <summary>Signed in already, and this is a further way in.</summary>
    AddLink,

    /// <summary>Signed in already by another way, which shows that it is the same person.</summary>
    RenewLink,

    Refuse,
}

/// <summary>
/// Whose account an identity at an institution opens. Pure. GakuNin lets an institution give an identifier to another person
/// after 24 months, so a link that nobody used for long does not open an account by itself.
/// </summary>
public static class LinkRules
{
    public static bool IsDormant(DateTimeOffset lastUsedAt, DateTimeOffset? revettedAt, int months, DateTimeOffset now) =>
        (revettedAt > lastUsedAt ? revettedAt.Value : lastUsedAt).AddMonths(months) <= now;

    /// <summary>Whether a session shows that its person is still the same, whoever holds the identifier at the institution by now.</summary>
    /// <param name="since">A session from before counts only if the person proved themselves again.</param>
    public static bool IsOtherWayIn(SignInSession session, DateTimeOffset since) =>
        (session.HasTwoFactors || session.Amr.Contains("fed")) && (session.StartedAt >= since || session.AuthTime >= since);

    /// <param name="linked">The account that this identity belongs to, if any.</param>
    /// <param name="signedIn">The account of the person who adds a way in; null at a sign-in.</param>
    /// <param name="isOtherWayIn">Whether that sign-in shows that it is the same person; see <see cref="IsOtherWayIn"/>.</param>
    public static (ArrivalOutcome Outcome, string? Refusal) Decide(
        string? linked, bool isDormant, bool isEnabled, string? signedIn, bool isOtherWayIn) => (linked, signedIn) switch
        {
            (null, null) => (ArrivalOutcome.Introduce, null),
            (null, _) => (ArrivalOutcome.AddLink, null),
            (_, null) when isDormant => (ArrivalOutcome.AskForRevetting, null),
            (_, null) when !isEnabled => (ArrivalOutcome.Refuse, InstitutionRefusals.AccountClosed),
            (_, null) => (ArrivalOutcome.SignIn, null),
            _ when linked != signedIn => (ArrivalOutcome.Refuse, InstitutionRefusals.LinkedElsewhere),
            _ when isDormant && !isOtherWayIn => (ArrivalOutcome.AskForRevetting, null),
            _ => (ArrivalOutcome.RenewLink, null),
        };
}
