using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>Somebody an institution signed in, with what is taken over of them.</summary>
/// <param name="AuthTime">When they proved themselves there; null when the institution does not say.</param>
public sealed record ArrivedPerson(
    string Subject,
    string? Name,
    IReadOnlyList<string> Affiliations,
    IReadOnlyList<string> Assurances,
    string? Orcid,
    bool TwoFactors,
    DateTimeOffset? AuthTime)
{
    /// <summary>
    /// As a sign-in here. Where the institution had to ask again, it did so just now; one that does not say when it asked may have
    /// done so long ago.
    /// </summary>
    public SignInProof ProofAt(Institution institution, bool isFresh, DateTimeOffset now) => new(
        TwoFactors ? Assurance.Mfa : Assurance.Sfa,
        TwoFactors ? ["fed", "mfa"] : ["fed"],
        institution.Slug,
        AuthTime switch { _ when isFresh => now, null => now - SessionRules.Longest, { } at when at > now => now, { } at => at });

    /// <param name="claims">Of the ID token.</param>
    /// <param name="userinfo">Fills in what the ID token leaves out.</param>
    public static ArrivedPerson Read(JsonElement claims, JsonElement? userinfo, InstitutionEntry entry)
    {
        var names = entry.ClaimsRead;
        return new(
            claims.Text("sub")!,
            AffiliationRules.Name(Find(names.Name)),
            AffiliationRules.Affiliations(Find(names.Affiliation), entry.AffiliationScopes),
            AffiliationRules.Assurances(Find(names.Assurance)),
            AffiliationRules.Orcid(Find(names.Orcid)),
            IdTokenRules.HasTwoFactors(claims, entry.TwoFactorsKnown),
            IdTokenRules.AuthTimeOf(claims));

        JsonElement? Find(string name) =>
            claims.TryGetProperty(name, out var value) || userinfo?.TryGetProperty(name, out value) == true ? value : null;
    }

    /// <summary>Whether the ID token alone does not tell enough.</summary>
    public static bool NeedsUserinfo(JsonElement claims, InstitutionEntry entry) =>
        !new[] { entry.ClaimsRead.Affiliation, entry.ClaimsRead.Name }.All(name => claims.TryGetProperty(name, out _));
}
