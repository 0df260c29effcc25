using System.Text.Json.Serialization;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>A refusal of the token endpoint (RFC 6749 section 5.2). The error is part of the standard, the description helps.</summary>
public sealed record OAuthError(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("error_description")] string Description)
{
    public static OAuthError InvalidRequest(string description) => new("invalid_request", description);

    public static OAuthError InvalidClient(string description) => new("invalid_client", description);

    public static OAuthError InvalidGrant(string description) => new("invalid_grant", description);

    public static OAuthError InvalidDpopProof(string description) => new("invalid_dpop_proof", description);

    public static OAuthError InvalidTarget(string description) => new("invalid_target", description);

    /// <summary>RFC 6749: 401 for a client that did not prove itself, 400 for everything else.</summary>
    [JsonIgnore]
    public int Status => Error == "invalid_client" ? StatusCodes.Status401Unauthorized : StatusCodes.Status400BadRequest;
}

/// <summary>The token endpoint's good answer (RFC 6749 section 5.1, RFC 8693 section 2.2.1).</summary>
public sealed record TokenAnswer(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonIgnore] string Audience,
    [property: JsonPropertyName("issued_token_type")] string? IssuedTokenType = null)
{
    /// <summary>DPoP (RFC 9449) when the token counts only together with a proof of its key.</summary>
    [JsonPropertyName("token_type")]
    public string TokenType { get; init; } = "Bearer";

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    [JsonPropertyName("id_token")]
    public string? IdToken { get; init; }

    [JsonPropertyName("scope")]
    public string? Scope { get; init; }
}

/// <summary>How refusals of the back-channel endpoints (token, PAR, device, introspection, revocation) are written and logged.</summary>
internal static class OAuthAnswers
{
    public static JsonHttpResult<OAuthError> Refuse(OAuthError error, string reason, ILogger logger)
    {
        Log.TokenRefused(logger, error.Error, reason);
        return TypedResults.Json(error, ServiceDefaultsExtensions.Json, statusCode: error.Status);
    }
}

/// <summary>What a grant came to: exactly one of the two.</summary>
internal readonly record struct GrantOutcome(TokenAnswer? Answer, OAuthError? Error)
{
    public static implicit operator GrantOutcome(TokenAnswer answer) => new(answer, null);

    public static implicit operator GrantOutcome(OAuthError error) => new(null, error);
}
