using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Sessions;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>A well-formed request to sign a person in for a client.</summary>
/// <param name="CodeChallenge">PKCE, S256.</param>
/// <param name="MaxAgeSeconds">How long ago the person may have signed in.</param>
/// <param name="KeyThumbprint">RFC 9449 <c>dpop_jkt</c>: the key the code is bound to.</param>
public sealed record AuthorizationAsk(
    string ClientId,
    string RedirectUri,
    IReadOnlyList<string> Scopes,
    string CodeChallenge,
    string? State,
    string? Nonce,
    IReadOnlyList<string> Prompt,
    int? MaxAgeSeconds,
    bool TwoFactors,
    string? KeyThumbprint)
{
    /// <summary>What a person is asked about before a client hears it.</summary>
    public IReadOnlyList<string> ScopesToAgree => [.. Scopes.Where(scope => scope == AuthorizationRules.PassportScope)];

    public bool MayNotAsk => Prompt.Contains("none");

    /// <summary>Whether the person must sign in (again) before this client gets an answer.</summary>
    /// <param name="askedAt">When the request came in: a sign-in after it counts as fresh.</param>
    public bool NeedsSignIn(SignInSession? session, DateTimeOffset askedAt, DateTimeOffset now) => session switch
    {
        null => true,
        _ when TwoFactors && session.Acr != Assurance.Mfa => true,
        _ when session.AuthTime >= askedAt => false,
        _ when Prompt.Contains("login") || Prompt.Contains("select_account") => true,
        _ => MaxAgeSeconds is { } most && (now - session.AuthTime).TotalSeconds > most,
    };
}
