using System.Security.Cryptography;
using System.Text;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// A person on the way to an institution and back. Nonce (OpenID Connect) and verifier (PKCE) are made from a secret that only
/// this browser's cookie holds, so whoever reads the database, or brings another browser, cannot finish the sign-in.
/// </summary>
/// <param name="SessionId">Set when a signed-in person adds this way in.</param>
/// <param name="Goal">Where the sign-in leads, once it is done.</param>
public sealed record Visit(string Secret, SignInGoal Goal, Guid? SessionId, bool Fresh, DateTimeOffset StartedAt)
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    public string Nonce => Derive("nonce");

    public string Verifier => Derive("code_verifier");

    /// <summary>PKCE, S256: what the institution learns of the verifier before it gives a code.</summary>
    public string Challenge => StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>How old a sign-in at the institution may be; what a session here may last, or nothing when it must be fresh.</summary>
    public TimeSpan MaxAge => Fresh ? TimeSpan.Zero : SessionRules.Longest;

    public DateTimeOffset ProofNotBefore => StartedAt - MaxAge - ClockSkew;

    private string Derive(string use) =>
        StrictBase64Url.Encode(HMACSHA256.HashData(Encoding.ASCII.GetBytes(Secret), Encoding.ASCII.GetBytes(use)));
}

/// <summary>Whether an answer belongs to a visit. Pure.</summary>
public static class VisitRules
{
    /// <summary>Null when it does; otherwise one of <see cref="InstitutionRefusals"/>.</summary>
    /// <param name="startedAt">Null when no visit has this state.</param>
    public static string? WhyNot(
        DateTimeOffset? startedAt, bool isUsed, bool isThisInstitution, bool isThisBrowser, DateTimeOffset now) => startedAt switch
        {
            null => InstitutionRefusals.UnknownState,
            _ when isUsed => InstitutionRefusals.ReplayedState,
            _ when !isThisBrowser => InstitutionRefusals.OtherBrowser,
            _ when !isThisInstitution => InstitutionRefusals.MixedUp,
            { } at when now - at >= Visit.Longest => InstitutionRefusals.TookTooLong,
            _ => null,
        };
}
