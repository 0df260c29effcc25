using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.AppHost.SignIn;

/// <summary>This user's own key on this machine: tokens are bound to it, and each use is proven with it (DPoP, RFC 9449).</summary>
internal sealed class ProofKey : IDisposable
{
    private readonly ECDsa _key;

    private ProofKey(ECDsa key) => _key = key;

    public static ProofKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static ProofKey Read(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return new(key);
    }

    public string ToPem() => _key.ExportPkcs8PrivateKeyPem();

    /// <param name="token">The token that is used with the proof; null where one is asked for.</param>
    public string Prove(HttpMethod method, Uri address, string? token)
    {
        var jwk = SigningKey.Describe(_key);
        var header = Part(new { typ = DpopProofs.Type, alg = VerificationKey.Es256, jwk = new { kty = jwk.Kty, crv = jwk.Crv, x = jwk.X, y = jwk.Y } });
        var claims = new Dictionary<string, object>
        {
            ["jti"] = Guid.CreateVersion7().ToString("N"),
            ["htm"] = method.Method,
            ["htu"] = address.GetLeftPart(UriPartial.Path),
            ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
        };
        if (token is not null)
        {
            claims["ath"] = StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        }

        var input = $"{header}.{Part(claims)}";
        return $"{input}.{StrictBase64Url.Encode(_key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => _key.Dispose();

    private static string Part(object members) => StrictBase64Url.Encode(JsonSerializer.SerializeToUtf8Bytes(members));
}
