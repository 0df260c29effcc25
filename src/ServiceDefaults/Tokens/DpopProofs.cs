using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kakehashi.Contracts;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>A good proof: whose key made it, and until when a second one like it must be refused.</summary>
public sealed record DpopProof(string KeyThumbprint, string Id, DateTimeOffset ExpiresAt);

/// <summary>
/// Proofs of possession (DPoP, RFC 9449): the caller signs method, address and time of this one request with a key of its own,
/// so that a token it is bound to is worth nothing to whoever copies it. Pure; <see cref="UsedProofs"/> remembers them.
/// </summary>
public static class DpopProofs
{
    /// <summary>The header of the proof, and the scheme in Authorization.</summary>
    public const string Scheme = "DPoP";

    public const string Type = "dpop+jwt";

    /// <summary>OAuth's error code for every refusal of a proof.</summary>
    public const string Error = "invalid_dpop_proof";

    public static readonly IReadOnlyList<string> Algorithms = [VerificationKey.Es256];

    private const int LongestId = 128;

    private static readonly TimeSpan LongestAgo = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Null when refused; <paramref name="refusal"/> is then one of <see cref="ProofRefusals"/>.</summary>
    /// <param name="url">The request's address as its caller sees it; query and fragment do not matter.</param>
    /// <param name="accessToken">The token that is used with the proof; null where one is asked for.</param>
    public static DpopProof? Check(
        IReadOnlyList<string?> header, string method, Uri url, string? accessToken, DateTimeOffset now, out string? refusal)
    {
        refusal = header.Count == 0 ? ProofRefusals.Missing : ProofRefusals.Malformed;
        if (header is not [{ } text] || CompactJws.Read(text, out _, bringsOwnKey: true) is not { } jws)
        {
            return null;
        }

        refusal = WhyNotSigned(jws);
        if (refusal is not null)
        {
            return null;
        }

        refusal = ProofRefusals.Malformed;
        if (!StrictJson.TryReadObject(jws.Payload, out var claims))
        {
            return null;
        }

        refusal = WhyNotClaims(claims, method, url, accessToken, now);
        return refusal is null
            ? new(ThumbprintOf(jws.OwnKey!.Value), claims.Text("jti")!, DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("iat").GetInt64()) + LongestAgo + ClockSkew)
            : null;
    }

    /// <summary>Whether a token is bound to a key, and to which: null where the binding is of a kind we do not know.</summary>
    public static (bool IsBound, string? KeyThumbprint) BindingOf(ClaimsPrincipal user)
    {
        if (user.FindFirstValue(TokenClaims.Confirmation) is not { } confirmation)
        {
            return (false, null);
        }

        return (true, StrictJson.TryReadObject(Encoding.UTF8.GetBytes(confirmation), out var members) ? members.Text("jkt") : null);
    }

    private static string? WhyNotSigned(CompactJws jws)
    {
        if (jws.Type != Type)
        {
            return ProofRefusals.WrongType;
        }

        if (!Algorithms.Contains(jws.Algorithm))
        {
            return ProofRefusals.WrongAlgorithm;
        }

        var jwk = jws.OwnKey!.Value;
        if (jwk.ValueKind != JsonValueKind.Object || PrivateMembers.Any(member => jwk.TryGetProperty(member, out _)))
        {
            return ProofRefusals.UnusableKey;
        }

        using var key = VerificationKey.Read(jwk);
        return key is not { Algorithm: VerificationKey.Es256 } ? ProofRefusals.UnusableKey
            : key.Verify(jws) ? null
            : ProofRefusals.WrongSignature;
    }

    private static string? WhyNotClaims(JsonElement claims, string method, Uri url, string? accessToken, DateTimeOffset now) => claims switch
    {
        _ when claims.Text("htm") != method => ProofRefusals.WrongMethod,
        _ when !IsSameAddress(claims.Text("htu"), url) => ProofRefusals.WrongAddress,
        _ when !IsFromNow(claims, now.ToUnixTimeSeconds()) => ProofRefusals.WrongTime,
        _ when claims.Text("jti") is not { Length: > 0 and <= LongestId } id || id.AsSpan().ContainsAnyExceptInRange('!', '~') => ProofRefusals.WrongId,
        _ when accessToken is not null && claims.Text("ath") != HashOf(accessToken) => ProofRefusals.WrongToken,
        _ => null,
    };

    /// <summary>RFC 9449 section 4.3: scheme, host, port and path, each in its one normal form (RFC 3986 section 6.2).</summary>
    private static bool IsSameAddress(string? htu, Uri url) =>
        Uri.TryCreate(htu, UriKind.Absolute, out var shown)
        && shown.UserInfo.Length == 0
        && shown.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
            == url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private static bool IsFromNow(JsonElement claims, long now) =>
        claims.TryGetProperty("iat", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var iat)
        && iat <= now + (long)ClockSkew.TotalSeconds && iat >= now - (long)LongestAgo.TotalSeconds;

    private static string HashOf(string token) => StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    private static string ThumbprintOf(JsonElement jwk) => PublicJwk.ThumbprintOf(jwk.Text("x")!, jwk.Text("y")!);
}
