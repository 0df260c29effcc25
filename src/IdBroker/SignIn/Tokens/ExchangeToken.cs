using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>
/// A person's token for the platform becomes a token for one node (RFC 8693), narrowed to one purpose and project. It names
/// the client that acts for the person, and never outlives the token it was made from.
/// </summary>
public static class ExchangeToken
{
    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    internal static async Task<GrantOutcome> GrantAsync(
        TokenForm form, Client client, ClientRegistry clients, TokenVerifier verifier, SignInSessions sessions, AccessTokens tokens, CancellationToken ct)
    {
        if (WhyNotForm(form) is { } refused)
        {
            return refused;
        }

        var audience = form["audience"]!;
        if (!clients.IsNode(audience) || !client.MayAddress(audience, isNode: true))
        {
            return OAuthError.InvalidTarget("The audience must be node:<slug> of a registered node this client may address.");
        }

        if (UseRules.Read(form["authorization_details"]!, out var fault) is not { } use)
        {
            return new OAuthError("invalid_authorization_details", fault!);
        }

        var (claims, refusal) = await verifier.VerifyAsync(form["subject_token"]!, ct);
        if (refusal is not null)
        {
            return OAuthError.InvalidRequest($"subject_token: {refusal}: {TokenRefusals.Texts[refusal].Title}");
        }

        if (Guid.TryParseExact(claims.Text(TokenClaims.Session), "N", out var session) && await sessions.FindAsync(session, ct) is null)
        {
            return OAuthError.InvalidRequest("subject_token: its session has ended.");
        }

        return Exchange(claims, client, audience, use, tokens);
    }

    private static GrantOutcome Exchange(JsonElement claims, Client client, string audience, UseAuthorization use, AccessTokens tokens)
    {
        var subject = claims.Text("sub")!;
        if (subject == claims.Text("client_id") || claims.TryGetProperty("act", out _))
        {
            return OAuthError.InvalidRequest("subject_token must be a person's own token, not a client's or one that was exchanged already.");
        }

        if (use.Project is not null && !List(claims, TokenClaims.Projects).Contains(use.Project))
        {
            return new OAuthError("access_denied", "The person does not belong to the project named in authorization_details.");
        }

        var person = new TokenSubject(subject, client.Id, List(claims, TokenClaims.Roles))
        {
            Session = Guid.TryParseExact(claims.Text(TokenClaims.Session), "N", out var session) ? session : null,
            Acr = claims.Text(TokenClaims.Acr),
            AuthTime = claims.TryGetProperty(TokenClaims.AuthTime, out var at) ? DateTimeOffset.FromUnixTimeSeconds(at.GetInt64()) : null,
            Organisation = claims.Text(TokenClaims.Organisation),
            Projects = use.Project is null ? [] : [use.Project],
            Use = use,
        };
        var answer = tokens.Issue(person, audience, DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()));
        return answer.ExpiresIn > 0
            ? answer with { IssuedTokenType = AccessTokenType }
            : OAuthError.InvalidRequest("subject_token: token.expired: The token has expired.");
    }

    private static OAuthError? WhyNotForm(TokenForm form) => form switch
    {
        _ when form["subject_token"] is null || form["subject_token_type"] != AccessTokenType =>
            OAuthError.InvalidRequest($"Send subject_token, with subject_token_type {AccessTokenType}."),
        _ when form["requested_token_type"] is not (null or AccessTokenType) =>
            OAuthError.InvalidRequest($"Only requested_token_type {AccessTokenType} is issued."),
        _ when form["actor_token"] is not null || form["actor_token_type"] is not null =>
            OAuthError.InvalidRequest("actor_token is not supported: the actor is the client itself."),
        _ when form["resource"] is not null => OAuthError.InvalidTarget("resource is not supported: name the audience."),
        _ when form["scope"] is not null => new("invalid_scope", "scope is not supported: say in authorization_details what the token is for."),
        _ when form["audience"] is null => OAuthError.InvalidRequest("Name the node: audience=node:<slug>."),
        _ when form["authorization_details"] is null =>
            new("invalid_authorization_details", $"Send authorization_details with one entry of type {UseAuthorization.TypeName}."),
        _ => null,
    };

    private static string[] List(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(entry => entry.GetString()!)] : [];
}
