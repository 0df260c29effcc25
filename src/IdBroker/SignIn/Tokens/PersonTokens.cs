using System.Security.Cryptography;
using System.Text;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>
/// What a client gets for a person who is signed in: an access token for the platform, an ID token for itself, and a refresh
/// token that works once. All three end with the sign-in session.
/// </summary>
public sealed class PersonTokens(
    AccessTokens tokens, SignInSessions sessions, KeyRing keys, IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    private static readonly OAuthError Ended = OAuthError.InvalidGrant("The person's session has ended: sign in again.");

    /// <param name="nonce">Of the authorization request; an ID token repeats it.</param>
    /// <param name="scopes">All of the family's, or fewer.</param>
    internal async Task<GrantOutcome> IssueAsync(
        NpgsqlTransaction transaction, TokenFamily family, Client client, IReadOnlyList<string> scopes, string? nonce, CancellationToken ct)
    {
        if (await sessions.FindAsync(transaction, family.SessionId, ct) is not { } session
            || await Account.FindAsync(transaction.Connection!, session.AccountId, ct, transaction) is not { } account)
        {
            return Ended;
        }

        var subject = TokenSubject.Of(account, client.Id, session.Acr) with
        {
            Session = session.SessionId,
            Amr = session.Amr,
            AuthTime = session.AuthTime,
            Scopes = scopes,
            KeyThumbprint = family.KeyThumbprint,
        };
        var answer = tokens.Issue(subject, Audiences.Platform);
        return answer with
        {
            TokenType = family.KeyThumbprint is null ? "Bearer" : "DPoP",
            Scope = string.Join(' ', scopes),
            IdToken = scopes.Contains("openid") ? IdToken(session, client, answer.AccessToken, nonce) : null,
            RefreshToken = client.Grants.Contains(Grants.RefreshToken)
                ? await TokenFamilies.AddRefreshTokenAsync(transaction, family.FamilyId, clock.GetUtcNow(), ct)
                : null,
        };
    }

    /// <summary>OpenID Connect Core section 2: who signed in, when and how, for this client alone.</summary>
    private string IdToken(SignInSession session, Client client, string accessToken, string? nonce) => keys.Active.Sign("JWT", json =>
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        json.WriteString("iss", options.Value.Issuer);
        json.WriteString("sub", session.AccountId);
        json.WriteString("aud", client.Id);
        json.WriteNumber("iat", now);
        json.WriteNumber("exp", now + (long)KeyRules.LongestToken.TotalSeconds);
        json.WriteNumber(TokenClaims.AuthTime, session.AuthTime.ToUnixTimeSeconds());
        json.WriteString(TokenClaims.Acr, session.Acr);
        json.WriteStartArray(TokenClaims.Amr);
        foreach (var method in session.Amr)
        {
            json.WriteStringValue(method);
        }

        json.WriteEndArray();
        json.WriteString(TokenClaims.Session, session.SessionId.ToString("N"));
        json.WriteString("at_hash", StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16)));
        if (nonce is not null)
        {
            json.WriteString("nonce", nonce);
        }
    });
}
