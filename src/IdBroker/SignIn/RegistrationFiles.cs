using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn;

/// <summary>The clients file, as the README describes it.</summary>
public sealed record ClientsFile([property: JsonRequired] IReadOnlyList<ClientEntry> Clients);

/// <param name="PublicKey">A JWK object, or a text with a PEM public key (EC P-256).</param>
public sealed record ClientEntry(
    [property: JsonRequired] string Id,
    [property: JsonRequired] JsonElement PublicKey,
    string[]? Roles,
    string[]? Audiences,
    string[]? Grants,
    string[]? Permissions);

/// <summary>The accounts file, as the README describes it.</summary>
public sealed record AccountsFile([property: JsonRequired] IReadOnlyList<AccountEntry> Accounts);

/// <param name="Participant">Of a participant: <c>biobank/reference</c>.</param>
public sealed record AccountEntry(
    [property: JsonRequired] string Id,
    [property: JsonRequired] string Name,
    string? Org,
    string[]? Roles,
    string[]? Biobanks,
    string[]? Projects,
    string? Participant,
    bool Demo = false);

/// <summary>Reads the two files. A fault stops the start and names file and place.</summary>
public static class RegistrationFiles
{
    public static T Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), ServiceDefaultsExtensions.Json)
                ?? throw new InvalidOperationException($"{path} is empty.");
        }
        catch (Exception fault) when (fault is JsonException or IOException)
        {
            throw new InvalidOperationException($"{path} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>The client's key as one canonical JWK, with a <c>kid</c> (the RFC 7638 thumbprint when the file gives none).</summary>
    public static string KeyOf(ClientEntry client)
    {
        var jwk = client.PublicKey.ValueKind == JsonValueKind.String ? FromPem(client) : WithKeyId(client);
        return VerificationKey.Read(JsonElement.Parse(jwk)) is { KeyId.Length: > 0 }
            ? jwk
            : throw new InvalidOperationException(
                $"The publicKey of client {client.Id} is not a usable P-256 or RSA (2048 bits or more) public key with a kid.");
    }

    private static string FromPem(ClientEntry client)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(client.PublicKey.GetString());
            return JsonSerializer.Serialize(SigningKey.Describe(key), JsonSerializerOptions.Web);
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            throw new InvalidOperationException($"The publicKey of client {client.Id} is not a PEM with an EC P-256 public key.", fault);
        }
    }

    private static string WithKeyId(ClientEntry client)
    {
        if (client.PublicKey.ValueKind == JsonValueKind.Object && client.PublicKey.TryGetProperty("d", out _))
        {
            throw new InvalidOperationException(
                $"The publicKey of client {client.Id} is a private key. Make a new key, and register its public half only.");
        }

        return client.PublicKey.GetRawText();
    }
}
