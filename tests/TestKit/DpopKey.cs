using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.TestKit;

/// <summary>A caller's own key, which makes proofs of possession (RFC 9449): good ones, and wrong in one chosen way.</summary>
public sealed class DpopKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public PublicJwk Public => SigningKey.Describe(_key);

    public string Thumbprint => Public.Kid;

    public static string HashOf(string token) => StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    public string Proof(
        string method, string url, DateTimeOffset now, string? token = null, Action<Dictionary<string, object?>>? claims = null, Action<Dictionary<string, object?>>? header = null)
    {
        var head = new Dictionary<string, object?>
        {
            ["typ"] = DpopProofs.Type,
            ["alg"] = "ES256",
            ["jwk"] = new Dictionary<string, object?> { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Public.X, ["y"] = Public.Y },
        };
        var body = new Dictionary<string, object?>
        {
            ["jti"] = Guid.CreateVersion7().ToString("N"),
            ["htm"] = method,
            ["htu"] = url,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["ath"] = token is null ? null : HashOf(token),
        };
        header?.Invoke(head);
        claims?.Invoke(body);
        var input = $"{Part(head)}.{Part(body)}";
        return $"{input}.{StrictBase64Url.Encode(_key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => _key.Dispose();

    /// <summary>Null members are left out.</summary>
    private static string Part(Dictionary<string, object?> members) => StrictBase64Url.Encode(
        JsonSerializer.SerializeToUtf8Bytes(members.Where(member => member.Value is not null).ToDictionary()));
}
