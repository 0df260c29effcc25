using System.Text.Json;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>What a look for an issuer's key found: the key, or the reason why there is none.</summary>
public readonly record struct KeyLookup(VerificationKey? Key, string? Refusal);

/// <summary>Finds the issuer's key with this <c>kid</c>.</summary>
public delegate ValueTask<KeyLookup> FindKey(string keyId, CancellationToken ct);

/// <summary>A token's claims, verified; or the reason why the token is refused, one of <see cref="TokenRefusals"/>.</summary>
public readonly record struct TokenVerification(JsonElement Claims, string? Refusal)
{
    public bool IsAccepted => Refusal is null;
}

/// <summary>
/// The one verifier of signed tokens: access tokens in every service and node, client assertions in the IdBroker.
/// A refusal is a value; no input makes it throw. It remembers nothing between calls.
/// </summary>
public sealed class TokenVerifier(FindKey findKey, TokenExpectations expected, TimeProvider clock)
{
    public async ValueTask<TokenVerification> VerifyAsync(string token, CancellationToken ct)
    {
        if (CompactJws.Read(token, out var malformed) is not { } jws)
        {
            return new(default, malformed);
        }

        if (TokenRules.WhyNotHeader(jws, expected) is { } refusal)
        {
            return new(default, refusal);
        }

        var (key, unknown) = await findKey(jws.KeyId!, ct);
        return key is null ? new(default, unknown ?? TokenRefusals.UnknownKey) : Verify(jws, key, expected, clock.GetUtcNow());
    }

    /// <summary>The part that needs no waiting: signature, then claims.</summary>
    public static TokenVerification Verify(CompactJws jws, VerificationKey key, TokenExpectations expected, DateTimeOffset now)
    {
        if (key.Algorithm != jws.Algorithm)
        {
            return new(default, TokenRefusals.UnsuitableKey);
        }

        if (!key.Verify(jws))
        {
            return new(default, TokenRefusals.WrongSignature);
        }

        if (!StrictJson.TryReadObject(jws.Payload, out var claims))
        {
            return new(default, TokenRefusals.Malformed);
        }

        return TokenRules.WhyNotClaims(claims, expected, now) is { } refusal ? new(default, refusal) : new(claims, null);
    }
}
