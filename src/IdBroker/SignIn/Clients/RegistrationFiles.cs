using System.Text.Json;
using System.Text.Json.Serialization;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>The clients file, as the README describes it.</summary>
public sealed record ClientsFile([property: JsonRequired] IReadOnlyList<ClientEntry> Clients);

/// <param name="PublicKey">A JWK object, or a text with a PEM public key (EC P-256); absent: a public client.</param>
/// <param name="AssertionAudience"><c>issuer</c> unless the client's library can only name the <c>token-endpoint</c>.</param>
public sealed record ClientEntry(
    [property: JsonRequired] string Id,
    JsonElement? PublicKey,
    string? Name,
    string[]? Roles,
    string[]? Audiences,
    string[]? Grants,
    string[]? Permissions,
    string[]? Scopes,
    string[]? RedirectUris,
    string[]? PostLogoutRedirectUris,
    string? BackChannelLogoutUri,
    bool RequiresPushed = false,
    string AssertionAudience = "issuer");

/// <summary>The accounts file, as the README describes it.</summary>
public sealed record AccountsFile([property: JsonRequired] IReadOnlyList<AccountEntry> Accounts);

/// <param name="Participant">Of a participant: <c>biobank/reference</c>.</param>
/// <param name="PasswordHash">In the format of ASP.NET Core Identity, version 3.</param>
/// <param name="TotpSecretFile">Beside the accounts file: the base32 secret of an authenticator app.</param>
public sealed record AccountEntry(
    [property: JsonRequired] string Id,
    [property: JsonRequired] string Name,
    string? Org,
    string[]? Roles,
    string[]? Biobanks,
    string[]? Projects,
    string? Participant,
    bool Demo = false,
    string? PasswordHash = null,
    string? TotpSecretFile = null);

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
}
