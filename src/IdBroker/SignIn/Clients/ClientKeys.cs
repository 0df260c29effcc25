using System.Security.Cryptography;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>Public keys as they are registered: one canonical JWK with a <c>kid</c>. Pure.</summary>
public static class ClientKeys
{
    public static readonly ClientFault Private = new(
        "client-private-key", "This is a private key.", "Make a new key, since this one was shown; register its public half only.", "/publicKey");

    public static readonly ClientFault BadPem = new(
        "client-bad-key", "publicKey is not a PEM with an EC P-256 public key.", "For instance: openssl ec -in KEY -pubout", "/publicKey");

    public static readonly ClientFault Unusable = new(
        "client-bad-key",
        "publicKey is not a usable public key.",
        "Give a JWK with a kid, EC on P-256 or RSA of 2048 bits or more, for ES256 or RS256, use sig; or a PEM with an EC P-256 public key.",
        "/publicKey");

    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Null with the fault. A key without a <c>kid</c> in PEM gets its RFC 7638 thumbprint.</summary>
    public static string? Read(JsonElement key, out ClientFault? fault)
    {
        var jwk = key.ValueKind == JsonValueKind.String ? FromPem(key.GetString()!, out fault) : FromJwk(key, out fault);
        if (jwk is null || VerificationKey.Read(JsonElement.Parse(jwk)) is { KeyId.Length: > 0 })
        {
            return jwk;
        }

        fault = Unusable;
        return null;
    }

    private static string? FromPem(string pem, out ClientFault? fault)
    {
        fault = pem.Contains("PRIVATE KEY", StringComparison.Ordinal) ? Private : null;
        if (fault is not null)
        {
            return null;
        }

        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return JsonSerializer.Serialize(SigningKey.Describe(key), JsonSerializerOptions.Web);
        }
        catch (Exception wrong) when (wrong is ArgumentException or CryptographicException)
        {
            fault = BadPem;
            return null;
        }
    }

    private static string? FromJwk(JsonElement jwk, out ClientFault? fault)
    {
        fault = jwk.ValueKind != JsonValueKind.Object ? Unusable
            : Array.Exists(PrivateMembers, member => jwk.TryGetProperty(member, out _)) ? Private
            : null;
        return fault is null ? jwk.GetRawText() : null;
    }
}
