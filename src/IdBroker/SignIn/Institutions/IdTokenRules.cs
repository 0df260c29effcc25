using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>What this sign-in demanded of its ID token.</summary>
/// <param name="NotBefore">The person must have proved themselves at the institution no earlier.</param>
public sealed record IdTokenDemands(string ClientId, string Nonce, string? AccessToken, DateTimeOffset NotBefore);

/// <summary>What an ID token must say beyond what every token must (OpenID Connect Core 3.1.3.7). Pure.</summary>
public static class IdTokenRules
{
    private const int LongestSubject = 255;

    /// <summary>Null when the verified claims belong to this sign-in; otherwise one of <see cref="InstitutionRefusals"/>.</summary>
    public static string? WhyNot(JsonElement claims, IdTokenDemands demanded) => claims switch
    {
        _ when !IsSubject(claims.Text("sub")) => InstitutionRefusals.Malformed,
        _ when claims.TryGetProperty("azp", out _) && claims.Text("azp") != demanded.ClientId => InstitutionRefusals.WrongAudience,
        _ when !IsSame(claims.Text("nonce"), demanded.Nonce) => InstitutionRefusals.WrongNonce,
        _ when claims.TryGetProperty("at_hash", out _) && !IsSame(claims.Text("at_hash"), HashOf(demanded.AccessToken)) =>
            InstitutionRefusals.WrongAccessToken,
        _ when AuthTimeOf(claims) is { } at && at < demanded.NotBefore => InstitutionRefusals.StaleSignIn,
        _ => null,
    };

    /// <summary>When the person proved themselves; null when the institution does not say.</summary>
    public static DateTimeOffset? AuthTimeOf(JsonElement claims) =>
        claims.TryGetProperty("auth_time", out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out var seconds) && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary>Whether the institution says, in a way agreed on with it, that it asked for two factors.</summary>
    public static bool HasTwoFactors(JsonElement claims, TwoFactorValues known) =>
        (claims.Text("acr") is { } acr && known.Acr?.Contains(acr) == true)
        || (claims.TryGetProperty("amr", out var amr) && amr.ValueKind == JsonValueKind.Array && known.Amr is not null
            && amr.EnumerateArray().Any(value => value.ValueKind == JsonValueKind.String && known.Amr.Contains(value.GetString()!)));

    /// <summary>Why the platform's verifier refused the token, in the words of this folder.</summary>
    public static string ReasonFor(string refusal, string idToken) => refusal switch
    {
        _ when IsUnsigned(idToken) => InstitutionRefusals.WithoutSignature,
        TokenRefusals.WrongAlgorithm => InstitutionRefusals.WrongAlgorithm,
        TokenRefusals.UnknownKey or TokenRefusals.UnsuitableKey => InstitutionRefusals.UnknownKey,
        TokenRefusals.WrongSignature => InstitutionRefusals.WrongSignature,
        TokenRefusals.WrongIssuer => InstitutionRefusals.WrongIssuer,
        TokenRefusals.WrongAudience => InstitutionRefusals.WrongAudience,
        TokenRefusals.Expired => InstitutionRefusals.Expired,
        TokenRefusals.WrongDate or TokenRefusals.NotYetValid or TokenRefusals.TooLong => InstitutionRefusals.WrongDate,
        TokenRefusals.IssuerUnavailable => InstitutionRefusals.Unreachable,
        _ => InstitutionRefusals.Malformed,
    };

    private static bool IsUnsigned(string idToken) =>
        idToken.EndsWith('.') || CompactJws.Read(idToken, out _) is { Algorithm: var name } && name.Equals("none", StringComparison.OrdinalIgnoreCase);

    private static bool IsSubject(string? subject) =>
        subject is { Length: > 0 and <= LongestSubject } && !subject.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool IsSame(string? text, string? expected) =>
        text is not null && expected is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(expected));

    // at_hash: the left half of the access token's hash; ES256 and RS256 both mean SHA-256.
    private static string? HashOf(string? accessToken) =>
        accessToken is null ? null : StrictBase64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(accessToken)).AsSpan(0, 16));
}
