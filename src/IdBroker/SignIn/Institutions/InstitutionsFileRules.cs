using System.Text.RegularExpressions;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>What an institutions file may say. Pure; every fault is named, not only the first.</summary>
public static partial class InstitutionsFileRules
{
    private const int LongestName = 200;

    public static IEnumerable<string> Faults(IReadOnlyList<InstitutionEntry> entries) =>
    [
        .. entries.SelectMany(entry => FaultsOf(entry).Select(fault => $"{entry.Slug}: {fault}")),
        .. Twice(entries, entry => entry.Slug).Select(slug => $"the slug {slug} is used twice."),
        // Two entries of one issuer: an answer could not be told from the other's, and nor could a person.
        .. Twice(entries, entry => entry.Issuer).Select(issuer => $"the issuer {issuer} is listed twice."),
    ];

    private static IEnumerable<string> FaultsOf(InstitutionEntry entry) => new (bool IsFault, string Text)[]
    {
        (!Slug().IsMatch(entry.Slug), "slug must be a small letter, then 1 to 30 small letters, digits or '-'."),
        (!IsIssuer(entry.Issuer), "issuer must be an https URL without query or fragment (http only on loopback)."),
        (!IsName(entry.NameJa), "nameJa must be 1 to 200 characters."),
        (!IsName(entry.NameEn), "nameEn must be 1 to 200 characters."),
        (!IsName(entry.Org), "org must be 1 to 200 characters."),
        (!IsName(entry.ClientId), "clientId must be 1 to 200 characters."),
        (!InstitutionAuthentication.All.Contains(entry.Authentication),
            $"authentication must be one of {string.Join(", ", InstitutionAuthentication.All)}."),
        ((entry.Authentication == InstitutionAuthentication.PrivateKeyJwt) != (entry.SecretFile is null),
            "secretFile belongs to client_secret_basic and client_secret_post, and to them only."),
        (entry.AssertionAudience is not ("issuer" or "token-endpoint"), "assertionAudience must be issuer or token-endpoint."),
        (!entry.ScopesAsked.Contains("openid") || !entry.ScopesAsked.All(scope => Scope().IsMatch(scope)), "scopes must include openid."),
        (!entry.AffiliationScopes.All(scope => Domain().IsMatch(scope)), "affiliationScopes must be domains such as example.ac.jp, in small letters."),
        (entry.AlgorithmsAccepted.Count == 0 || entry.AlgorithmsAccepted.Any(name => name is not (VerificationKey.Es256 or VerificationKey.Rs256)),
            "algorithms must be ES256, RS256 or both."),
    }.Where(rule => rule.IsFault).Select(rule => rule.Text);

    private static bool IsIssuer(string issuer) =>
        IssuerDocument.IsSafe(issuer, out var address) && address.Query.Length == 0 && address.Fragment.Length == 0 && address.UserInfo.Length == 0;

    private static bool IsName(string text) => text.Trim().Length is > 0 and <= LongestName && !text.Any(char.IsControl);

    private static IEnumerable<string> Twice(IEnumerable<InstitutionEntry> entries, Func<InstitutionEntry, string> key) =>
        entries.GroupBy(key).Where(group => group.Count() > 1).Select(group => group.Key);

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,30}\z")]
    private static partial Regex Slug();

    [GeneratedRegex(@"\A[!#-\[\]-~]+\z")]
    private static partial Regex Scope();

    [GeneratedRegex(@"\A[a-z0-9-]+(\.[a-z0-9-]+)+\z")]
    private static partial Regex Domain();
}
