using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Sessions;

/// <summary>Tokens as the issuer gave them, with the access token's verified claims.</summary>
public sealed record IssuedTokens(string AccessToken, string RefreshToken, DateTimeOffset ExpiresAt, JsonElement Claims)
{
    public string Account => Claims.Text(TokenClaims.Subject)!;

    public string? BrokerSession => Claims.Text(TokenClaims.Session);

    /// <summary>Only of a sign-in.</summary>
    public string IdToken { get; init; } = "";
}

/// <summary>
/// The issuer, asked as a confidential client: it signs people in (code flow with PKCE, pushed, RFC 9126), and renews their
/// tokens. What it answers is verified as strictly as what callers bring. Failures are <see cref="TokenRequestException"/>.
/// </summary>
public sealed class SignInIssuer(
    ProvenClient client, TokenVerifier accessTokens, FindKey keys, IOptions<TokenOptions> tokens, IOptions<GatewayOptions> gateway, TimeProvider clock)
{
    /// <summary>The issuer refused for good: the code or refresh token is used, ended or somebody else's.</summary>
    public const string Refused = "invalid_grant";

    public const string CallbackPath = "/session/callback";

    private const string Scopes = "openid profile ga4gh_passport_v1";

    // Half of what a fresh sign-in counts for, so that the other half is left for what it is needed for.
    private static readonly TimeSpan FreshSignIn = StepUp.MaxAge / 2;

    private string RedirectUri => gateway.Value.Origin + CallbackPath;

    /// <summary>Leaves the request with the issuer; the browser is sent to the address with nothing but a name for it.</summary>
    public async Task<string> BeginAsync(CookieSecret flow, bool stepUp)
    {
        var verifier = Encoding.ASCII.GetBytes(flow.Derive("verifier"));
        var form = new Dictionary<string, string>
        {
            ["response_type"] = "code",
            ["redirect_uri"] = RedirectUri,
            ["scope"] = Scopes,
            ["state"] = flow.Derive("state"),
            ["nonce"] = flow.Derive("nonce"),
            ["code_challenge"] = StrictBase64Url.Encode(SHA256.HashData(verifier)),
            ["code_challenge_method"] = "S256",
        };
        if (stepUp)
        {
            form["acr_values"] = Assurance.Mfa;
            form["max_age"] = FreshSignIn.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);
        }

        var pushed = await client.PostAsync(issuer => issuer.PushedAuthorizationRequestEndpoint, form);
        var endpoint = (await client.DiscoverAsync()).AuthorizationEndpoint;
        return endpoint is not null && pushed.Text("request_uri") is { Length: > 0 } requestUri
            ? QueryHelpers.AddQueryString(endpoint.AbsoluteUri, new Dictionary<string, string?> { ["client_id"] = tokens.Value.ClientId, ["request_uri"] = requestUri })
            : throw new TokenRequestException("The issuer has no authorization endpoint, or named no request.");
    }

    /// <summary>RFC 9207: the answer comes from the issuer that was asked.</summary>
    public bool IsFrom(string? issuer) => issuer == tokens.Value.Authority;

    /// <summary>A code becomes tokens. The ID token must be about this sign-in, and the access token about the same person.</summary>
    public async Task<IssuedTokens> RedeemAsync(CookieSecret flow, string code, CancellationToken ct)
    {
        var answer = await client.PostAsync(issuer => issuer.TokenEndpoint, new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = RedirectUri,
            ["code_verifier"] = flow.Derive("verifier"),
        });
        var expected = new TokenExpectations(tokens.Value.Authority, tokens.Value.ClientId!) { Type = "JWT", Claims = ["sub", "sid", "nonce"] };
        var idToken = answer.Text("id_token") ?? "";
        var (identity, refusal) = await new TokenVerifier(keys, expected, clock).VerifyAsync(idToken, ct);
        var issued = await ReadAsync(answer, ct);
        return refusal is null && identity.Text("nonce") == flow.Derive("nonce")
            && identity.Text("sub") == issued.Account && identity.Text("sid") == issued.BrokerSession
            ? issued with { IdToken = idToken }
            : throw new TokenRequestException($"The ID token is not of this sign-in ({refusal ?? "nonce, sub or sid"}).");
    }

    /// <summary>A refresh token works once: whoever calls must see to it that nobody else uses the same one.</summary>
    public async Task<IssuedTokens> RenewAsync(string refreshToken) => await ReadAsync(
        await client.PostAsync(issuer => issuer.TokenEndpoint, new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = refreshToken,
        }),
        CancellationToken.None);

    /// <summary>The name to greet a person by; null when the issuer tells none.</summary>
    public async Task<string?> NameOfAsync(IssuedTokens issued)
    {
        var person = await client.GetAsync(issuer => issuer.UserInfoEndpoint, issued.AccessToken);
        return person.Text(TokenClaims.Subject) == issued.Account // OpenID Connect Core section 5.3.2: else it is another's
            ? person.Text("name")
            : throw new TokenRequestException("The userinfo is another person's.");
    }

    /// <summary>
    /// Signs the person out at the issuer (RP-Initiated Logout). The ID token goes from here and not through the browser, which
    /// gets no tokens.
    /// </summary>
    public Task EndAsync(string idToken) => client.TellAsync(issuer => issuer.EndSessionEndpoint, new Dictionary<string, string> { ["id_token_hint"] = idToken });

    /// <summary>Where a browser then goes to lose its cookie there, and be asked whom to sign out if it is not signed out yet.</summary>
    public async Task<string> EndAddressAsync()
    {
        var home = $"{gateway.Value.Origin}/";
        return (await client.DiscoverAsync()).EndSessionEndpoint is { } endpoint
            ? QueryHelpers.AddQueryString(
                endpoint.AbsoluteUri,
                new Dictionary<string, string?> { ["client_id"] = tokens.Value.ClientId, ["post_logout_redirect_uri"] = home })
            : home;
    }

    private async Task<IssuedTokens> ReadAsync(JsonElement answer, CancellationToken ct)
    {
        if (answer.Text("access_token") is not { Length: > 0 } accessToken || answer.Text("refresh_token") is not { Length: > 0 } refreshToken
            || !string.Equals(answer.Text("token_type"), TokenAuthentication.Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw new TokenRequestException("The token answer lacks access_token, refresh_token or token_type Bearer.");
        }

        var (claims, refusal) = await accessTokens.VerifyAsync(accessToken, ct);
        return refusal is null
            ? new(accessToken, refreshToken, DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()), claims)
            : throw new TokenRequestException($"The access token is not good ({refusal}).");
    }
}
