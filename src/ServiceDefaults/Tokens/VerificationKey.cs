using System.Security.Cryptography;
using System.Text.Json;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>
/// A public key for one algorithm, imported once. What the JWK says of itself (alg, use, key_ops, kty, crv) must fit;
/// a token cannot talk a key into another algorithm. Verifying keeps no state, so one instance serves all threads.
/// </summary>
public sealed class VerificationKey : IDisposable
{
    public const string Es256 = "ES256";
    public const string Rs256 = "RS256";

    private const int SmallestRsaBits = 2048;
    private const int LargestRsaBits = 8192;
    private const int CoordinateBytes = 32;

    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;

    private VerificationKey(string? keyId, ECDsa ec) => (KeyId, Algorithm, _ec) = (keyId, Es256, ec);

    private VerificationKey(string? keyId, RSA rsa) => (KeyId, Algorithm, _rsa) = (keyId, Rs256, rsa);

    public string? KeyId { get; }

    public string Algorithm { get; }

    /// <summary>Null when the key cannot be used to verify signatures here.</summary>
    public static VerificationKey? Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || !IsForVerifying(jwk))
        {
            return null;
        }

        try
        {
            return (jwk.Text("kty"), jwk.Text("alg")) switch
            {
                ("EC", Es256 or null) when jwk.Text("crv") == "P-256" => ReadEc(jwk),
                ("RSA", Rs256 or null) => ReadRsa(jwk),
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null; // not a point on the curve, or numbers that are no RSA key
        }
    }

    public bool Verify(CompactJws jws) => jws.Algorithm == Algorithm && (_ec is not null
        ? jws.Signature.Length == 2 * CoordinateBytes
            && _ec.VerifyData(jws.SigningInput, jws.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
        : jws.Signature.Length == (_rsa!.KeySize + 7) / 8
            && _rsa.VerifyData(jws.SigningInput, jws.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public void Dispose()
    {
        _ec?.Dispose();
        _rsa?.Dispose();
    }

    private static bool IsForVerifying(JsonElement jwk) =>
        IsAbsent(jwk, "use", "sig")
        && IsAbsent(jwk, "alg", Es256, Rs256)
        && (!jwk.TryGetProperty("kid", out var kid) || kid.ValueKind == JsonValueKind.String)
        && (!jwk.TryGetProperty("key_ops", out var operations)
            || (operations.ValueKind == JsonValueKind.Array
                && operations.EnumerateArray().Any(o => o.ValueKind == JsonValueKind.String && o.ValueEquals("verify"))));

    private static bool IsAbsent(JsonElement jwk, string member, params ReadOnlySpan<string> orOneOf) =>
        !jwk.TryGetProperty(member, out var value) || (value.ValueKind == JsonValueKind.String && orOneOf.Contains(value.GetString()!));

    private static VerificationKey? ReadEc(JsonElement jwk) =>
        StrictBase64Url.Decode(jwk.Text("x")) is { Length: CoordinateBytes } x
        && StrictBase64Url.Decode(jwk.Text("y")) is { Length: CoordinateBytes } y
            ? new(jwk.Text("kid"), ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = x, Y = y } }))
            : null;

    private static VerificationKey? ReadRsa(JsonElement jwk)
    {
        if (StrictBase64Url.Decode(jwk.Text("n")) is not { Length: <= LargestRsaBits / 8 } n
            || StrictBase64Url.Decode(jwk.Text("e")) is not { Length: > 0 and <= 8 } e
            || e.AsSpan().SequenceEqual((ReadOnlySpan<byte>)[1]) || (e[^1] & 1) == 0 || RocaRules.IsWeak(n))
        {
            return null;
        }

        var rsa = RSA.Create(new RSAParameters { Modulus = n, Exponent = e });
        if (rsa.KeySize >= SmallestRsaBits)
        {
            return new(jwk.Text("kid"), rsa);
        }

        rsa.Dispose();
        return null;
    }
}
