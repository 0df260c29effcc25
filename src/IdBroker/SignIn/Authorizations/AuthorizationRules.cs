using System.Buffers;
using System.Globalization;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Tokens;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>What a client may ask at the authorization endpoint (OAuth 2.1, OpenID Connect). Pure.</summary>
public static class AuthorizationRules
{
    public const string PassportScope = "ga4gh_passport_v1";

    private const int LongestValue = 512;
    private const int ThumbprintCharacters = 43;
    private const int MostSeconds = 31_536_000;

    public static readonly IReadOnlyList<string> Prompts = ["none", "login", "consent", "select_account"];

    // RFC 7636: base64url of a SHA-256, without padding.
    private static readonly SearchValues<char> Base64Url =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Whether answers, good or bad, may be sent to this address at all. Compared character for character.</summary>
    public static bool MayRedirect(Client client, string? redirectUri) =>
        client.Grants.Contains(Grants.AuthorizationCode) && redirectUri is not null && client.RedirectUris.Contains(redirectUri);

    /// <summary>Null with an error that may be sent to the client's address.</summary>
    public static AuthorizationAsk? Read(Client client, Func<string, string?> value, out OAuthError? error)
    {
        error = WhyNot(client, value);
        if (error is not null)
        {
            return null;
        }

        return new(
            client.Id,
            value("redirect_uri")!,
            Words(value("scope")),
            value("code_challenge")!,
            value("state"),
            value("nonce"),
            Words(value("prompt")),
            value("max_age") is { } age ? int.Parse(age, CultureInfo.InvariantCulture) : null,
            Words(value("acr_values")).Contains(Assurance.Mfa),
            value("dpop_jkt"));
    }

    public static string[] Words(string? text) => text?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray() ?? [];

    private static OAuthError? WhyNot(Client client, Func<string, string?> value) => value switch
    {
        _ when value("request") is not null => new("request_not_supported", "Push the parameters to the PAR endpoint instead of sending a request object."),
        _ when value("response_type") is not "code" => new("unsupported_response_type", "Only response_type=code is supported."),
        _ when value("response_mode") is not (null or "query") => OAuthError.InvalidRequest("Only response_mode=query is supported."),
        _ when value("code_challenge_method") is not "S256" || !IsDigest(value("code_challenge")) =>
            OAuthError.InvalidRequest("Send code_challenge with code_challenge_method=S256 (RFC 7636); plain is not accepted."),
        _ when Words(value("scope")) is not { Length: > 0 } scopes || !scopes.All(client.Scopes.Contains) =>
            new("invalid_scope", $"Ask for one or more of the scopes this client is registered for: {string.Join(' ', client.Scopes)}."),
        _ when value("state") is { Length: > LongestValue } || value("nonce") is { Length: > LongestValue } =>
            OAuthError.InvalidRequest($"state and nonce may be at most {LongestValue} characters long."),
        _ when !Words(value("prompt")).All(Prompts.Contains) || Words(value("prompt")) is { Length: > 1 } prompts && prompts.Contains("none") =>
            OAuthError.InvalidRequest("prompt is none alone, or some of login, consent, select_account."),
        _ when value("max_age") is { } age && (!int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > MostSeconds) =>
            OAuthError.InvalidRequest("max_age is a number of seconds, at most a year."),
        _ when value("dpop_jkt") is { } thumbprint && !IsDigest(thumbprint) => OAuthError.InvalidRequest("dpop_jkt is the base64url SHA-256 thumbprint of a key."),
        _ when value("resource") is not (null or Audiences.Platform) => OAuthError.InvalidTarget("The only resource is kakehashi."),
        _ => null,
    };

    private static bool IsDigest(string? text) => text is { Length: ThumbprintCharacters } && !text.AsSpan().ContainsAnyExcept(Base64Url);
}
