using System.Text.Json.Serialization;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>The institutions file, as the README describes it.</summary>
public sealed record InstitutionsFile([property: JsonRequired] IReadOnlyList<InstitutionEntry> Institutions)
{
    /// <summary>Everything that is wrong with the file, each fault with the place it is at; empty for a good one.</summary>
    public static IReadOnlyList<string> FaultsIn(string path)
    {
        try
        {
            var entries = RegistrationFiles.Read<InstitutionsFile>(path).Institutions;
            return
            [
                .. InstitutionsFileRules.Faults(entries).Select(fault => $"{path}: {fault}"),
                .. entries.Select(entry => SecretFault(entry, path)).OfType<string>(),
            ];
        }
        catch (InvalidOperationException fault)
        {
            return [fault.Message];
        }
    }

    /// <summary>The secret of an entry that has one. Its path is relative to the institutions file.</summary>
    public static string? SecretOf(InstitutionEntry entry, string path) =>
        entry.SecretFile is null ? null : File.ReadAllText(SecretPath(entry, path)).Trim();

    private static string? SecretFault(InstitutionEntry entry, string path)
    {
        try
        {
            return SecretOf(entry, path) is "" ? $"{path}: {entry.Slug}: {SecretPath(entry, path)} is empty." : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{path}: {entry.Slug}: secretFile cannot be read: {fault.Message}";
        }
    }

    private static string SecretPath(InstitutionEntry entry, string path) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, entry.SecretFile!);
}

/// <summary>An institution whose people may sign in.</summary>
/// <param name="Slug">Its name in addresses, for good: the redirect address registered there carries it.</param>
/// <param name="Org">Its name in tokens, for good: what people may do in its name rests on it.</param>
/// <param name="Authentication">How we prove ourselves at its token endpoint; see <see cref="InstitutionAuthentication"/>.</param>
/// <param name="AssertionAudience"><c>issuer</c> unless the institution's software wants the <c>token-endpoint</c>.</param>
/// <param name="AffiliationScopes">The domains it may speak for: what it says of others is dropped.</param>
public sealed record InstitutionEntry(
    [property: JsonRequired] string Slug,
    [property: JsonRequired] string Issuer,
    [property: JsonRequired] string NameJa,
    [property: JsonRequired] string NameEn,
    [property: JsonRequired] string Org,
    [property: JsonRequired] string ClientId,
    [property: JsonRequired] string Authentication,
    [property: JsonRequired] string[] AffiliationScopes,
    string? SecretFile = null,
    string AssertionAudience = "issuer",
    string[]? Scopes = null,
    ClaimNames? Claims = null,
    TwoFactorValues? TwoFactors = null,
    string[]? Algorithms = null)
{
    public IReadOnlyList<string> ScopesAsked => Scopes ?? ["openid", "profile"];

    public ClaimNames ClaimsRead => Claims ?? new();

    public TwoFactorValues TwoFactorsKnown => TwoFactors ?? new();

    public IReadOnlyList<string> AlgorithmsAccepted => Algorithms ?? [VerificationKey.Es256, VerificationKey.Rs256];
}

/// <summary>What the institution calls the claims that are taken over.</summary>
public sealed record ClaimNames(
    string Affiliation = "eduperson_scoped_affiliation",
    string Assurance = "eduperson_assurance",
    string Orcid = "orcid",
    string Name = "name");

/// <summary>The values by which the institution says that it asked for two factors. None: it is never believed to have.</summary>
public sealed record TwoFactorValues(string[]? Acr = null, string[]? Amr = null);

/// <summary>How the broker proves itself at an institution's token endpoint.</summary>
public static class InstitutionAuthentication
{
    /// <summary>With the key that signs our tokens, published at <c>{Issuer}/jwks</c>.</summary>
    public const string PrivateKeyJwt = "private_key_jwt";

    public const string SecretBasic = "client_secret_basic";
    public const string SecretPost = "client_secret_post";

    public static readonly IReadOnlyList<string> All = [PrivateKeyJwt, SecretBasic, SecretPost];
}
