using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Node.Tests.Passports;

/// <summary>One visa issuer with its keys: signs anything, rightly or wrongly. Its JWK set is read as a node would read it.</summary>
internal sealed class VisaOffice : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly FrozenDictionary<string, VerificationKey> _published;

    public VisaOffice()
    {
        var rsa = _rsa.ExportParameters(false);
        var ec = _ec.ExportParameters(false).Q;
        _published = IssuerKeys.ReadSet(JsonSerializer.SerializeToElement(new
        {
            keys = new object[]
            {
                new { kty = "RSA", kid = "RS256", use = "sig", n = StrictBase64Url.Encode(rsa.Modulus!), e = StrictBase64Url.Encode(rsa.Exponent!) },
                new { kty = "EC", crv = "P-256", kid = "ES256", use = "sig", x = StrictBase64Url.Encode(ec.X!), y = StrictBase64Url.Encode(ec.Y!) },
            },
        }));
    }

    /// <summary>Its public keys, as <see cref="IssuerKeys"/> would answer.</summary>
    public FindKey Keys => (keyId, _) => ValueTask.FromResult(
        _published.TryGetValue(keyId, out var key) ? new KeyLookup(key, null) : new(null, TokenRefusals.UnknownKey));

    /// <summary>Signs with the algorithm the header names; header members left out are those of a good visa.</summary>
    public string Sign(JsonNode claims, JsonObject? header = null)
    {
        var members = new JsonObject { ["typ"] = "vnd.ga4gh.visa+jwt", ["alg"] = "ES256" };
        foreach (var (name, value) in header ?? [])
        {
            members[name] = value?.DeepClone();
        }

        var algorithm = members["alg"]!.GetValue<string>();
        members.TryAdd("kid", algorithm is "ES256" ? "ES256" : "RS256");
        var input = $"{Encode(members)}.{Encode(claims)}";
        return $"{input}.{StrictBase64Url.Encode(Signature(algorithm, Encoding.ASCII.GetBytes(input)))}";
    }

    public void Dispose()
    {
        _rsa.Dispose();
        _ec.Dispose();
    }

    private byte[] Signature(string algorithm, byte[] input) => algorithm switch
    {
        "RS256" => _rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "PS256" => _rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        "ES256" => _ec.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        "HS256" => HMACSHA256.HashData(Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()), input), // the classic confusion
        _ => [],
    };

    private static string Encode(JsonNode json) => StrictBase64Url.Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
