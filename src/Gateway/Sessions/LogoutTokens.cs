using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Gateway.Sessions;

/// <summary>Whose sessions a logout token ends: those of one sign-in at the issuer, or all of a person.</summary>
public sealed record Logout(string? Account, string? BrokerSession, string Id, DateTimeOffset ExpiresAt);

/// <summary>Logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.6). Pure.</summary>
public static class LogoutTokens
{
    public const string Event = "http://schemas.openid.net/event/backchannel-logout";

    private const int LongestId = 128;

    public static TokenExpectations Expected(string issuer, string clientId) =>
        new(issuer, clientId) { Type = "logout+jwt", Claims = ["jti"], LongestLife = TimeSpan.FromMinutes(5) };

    /// <summary>Null when claims that were verified as a token's are not those of a logout.</summary>
    public static Logout? Read(JsonElement claims, TimeSpan clockSkew)
    {
        var (account, session, id) = (claims.Text(TokenClaims.Subject), claims.Text(TokenClaims.Session), claims.Text("jti")!);
        return (!string.IsNullOrEmpty(account) || !string.IsNullOrEmpty(session))
            && IsTextOrAbsent(claims, TokenClaims.Subject) && IsTextOrAbsent(claims, TokenClaims.Session)
            && id.Length <= LongestId
            && claims.TryGetProperty("events", out var events) && events.ValueKind == JsonValueKind.Object
            && events.TryGetProperty(Event, out var logout) && logout.ValueKind == JsonValueKind.Object
            && !claims.TryGetProperty("nonce", out _) // else an ID token could pass for one
                ? new(account, session, id, DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()) + clockSkew)
                : null;
    }

    private static bool IsTextOrAbsent(JsonElement claims, string name) =>
        !claims.TryGetProperty(name, out var value) || (value.ValueKind == JsonValueKind.String && !value.ValueEquals(""));
}
