using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>The public half of a P-256 key as a JWK, members in the order its thumbprint (RFC 7638) needs.</summary>
public sealed record PublicJwk(string Crv, string Kty, string X, string Y, string Kid, string Use = "sig", string Alg = VerificationKey.Es256)
{
    /// <summary>RFC 7638, of a P-256 key.</summary>
    public static string ThumbprintOf(string x, string y) =>
        StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
}

/// <summary>A private P-256 key that signs tokens with ES256. Its <c>kid</c> is the RFC 7638 thumbprint of the public key.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;

    public SigningKey(ECDsa key)
    {
        _key = key;
        Public = Describe(key);
    }

    public PublicJwk Public { get; }

    public string KeyId => Public.Kid;

    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a PKCS#8 PEM file; anything but a P-256 private key is a configuration error that names the file.</summary>
    public static SigningKey FromPemFile(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return new(key);
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException or IOException)
        {
            key.Dispose();
            throw new InvalidOperationException($"{path} is not a readable PEM file with an EC P-256 private key.", fault);
        }
    }

    public static PublicJwk Describe(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false);
        if (point.Q.X is not { Length: 32 } x || point.Q.Y is not { Length: 32 } y
            || point.Curve.Oid.FriendlyName is not ("nistP256" or "ECDSA_P256"))
        {
            throw new CryptographicException("Expected a key on the curve P-256.");
        }

        var (xText, yText) = (StrictBase64Url.Encode(x), StrictBase64Url.Encode(y));
        return new("P-256", "EC", xText, yText, PublicJwk.ThumbprintOf(xText, yText));
    }

    /// <summary>Writes and signs one token; the claims are the members of its payload.</summary>
    /// <param name="keySetUrl">The header's <c>jku</c>, for the kinds of token whose standard demands it.</param>
    public string Sign(string type, Action<Utf8JsonWriter> claims, string? keySetUrl = null)
    {
        var payload = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            claims(json);
            json.WriteEndObject();
        }

        var jku = keySetUrl is null ? "" : $""","jku":{JsonSerializer.Serialize(keySetUrl)}""";
        var header = Encoding.ASCII.GetBytes($$"""{"alg":"ES256","typ":"{{type}}","kid":"{{KeyId}}"{{jku}}}""");
        var input = $"{StrictBase64Url.Encode(header)}.{StrictBase64Url.Encode(payload.WrittenSpan)}";
        var signature = _key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{input}.{StrictBase64Url.Encode(signature)}";
    }

    /// <summary>The private key, PKCS#8, for keeping it encrypted.</summary>
    public byte[] ExportPrivate() => _key.ExportPkcs8PrivateKey();

    public void Dispose() => _key.Dispose();
}
