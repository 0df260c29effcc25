using System.Text.Json;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>What a token must say to be accepted. Every value is compared exactly, character for character.</summary>
public sealed record TokenExpectations(string Issuer, string Audience)
{
    /// <summary>The header's <c>typ</c>; null: it must be absent.</summary>
    public string? Type { get; init; } = "at+jwt";

    public IReadOnlyList<string> Algorithms { get; init; } = [VerificationKey.Es256];

    /// <summary>Claims that must be there as non-empty text.</summary>
    public IReadOnlyList<string> Claims { get; init; } = ["sub", "client_id", "jti"];

    /// <summary>How far clocks may be apart.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest accepted time from <c>iat</c> to <c>exp</c>.</summary>
    public TimeSpan LongestLife { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>Pure rules over a token's header and claims. Null means accepted, otherwise one of <see cref="TokenRefusals"/>.</summary>
public static class TokenRules
{
    private const long LastSecond = 253_402_300_799; // the end of year 9999

    public static string? WhyNotHeader(CompactJws jws, TokenExpectations expected) => jws switch
    {
        _ when jws.Type != expected.Type => TokenRefusals.WrongType,
        _ when !expected.Algorithms.Contains(jws.Algorithm) => TokenRefusals.WrongAlgorithm,
        { KeyId: null or "" } => TokenRefusals.UnknownKey,
        _ => null,
    };

    public static string? WhyNotClaims(JsonElement claims, TokenExpectations expected, DateTimeOffset now)
    {
        if (claims.Text("iss") != expected.Issuer)
        {
            return TokenRefusals.WrongIssuer;
        }

        if (!IsOnlyAudience(claims, expected.Audience))
        {
            return TokenRefusals.WrongAudience;
        }

        return expected.Claims.Any(name => string.IsNullOrEmpty(claims.Text(name)))
            ? TokenRefusals.ClaimMissing
            : WhyNotDates(claims, expected, now.ToUnixTimeSeconds());
    }

    /// <summary>
    /// One string, or an array of one: a token that a second service also accepts could be replayed here by that service.
    /// </summary>
    private static bool IsOnlyAudience(JsonElement claims, string audience)
    {
        if (!claims.TryGetProperty("aud", out var value))
        {
            return false;
        }

        var only = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 ? value[0] : value;
        return only.ValueKind == JsonValueKind.String && only.ValueEquals(audience);
    }

    private static string? WhyNotDates(JsonElement claims, TokenExpectations expected, long now)
    {
        if (!claims.TryGetProperty("exp", out _) || !claims.TryGetProperty("iat", out _))
        {
            return TokenRefusals.ClaimMissing;
        }

        var skew = (long)expected.ClockSkew.TotalSeconds;
        var nbf = 0L;
        if (!IsDate(claims, "exp", out var exp) || !IsDate(claims, "iat", out var iat) || iat >= exp
            || (claims.TryGetProperty("nbf", out _) && (!IsDate(claims, "nbf", out nbf) || nbf >= exp)))
        {
            return TokenRefusals.WrongDate;
        }

        return now switch
        {
            _ when now >= exp + skew => TokenRefusals.Expired,
            _ when now + skew < iat || now + skew < nbf => TokenRefusals.NotYetValid,
            _ when exp - iat > (long)expected.LongestLife.TotalSeconds => TokenRefusals.TooLong,
            _ => null,
        };
    }

    private static bool IsDate(JsonElement claims, string name, out long seconds)
    {
        seconds = 0;
        return claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out seconds) && seconds is >= 0 and <= LastSecond;
    }
}
