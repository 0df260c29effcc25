using System.ComponentModel.DataAnnotations;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Node.Passports;

/// <summary>
/// Section <c>Passports</c>: whose visas the biobank trusts. Without it: the platform's own issuer, for grants of this biobank's
/// committee and for what the platform itself vouches for.
/// </summary>
public sealed class PassportOptions : IValidatableObject
{
    public const string Section = "Passports";

    /// <summary>All trusted visa issuers. Once one is named, the platform's own is trusted only if it is named too.</summary>
    public IList<VisaIssuer> Issuers { get; } = [];

    /// <summary>Sources whose grants open this biobank's datasets; its own committee when none is named.</summary>
    public IList<string> Committees { get; } = [];

    /// <summary>How long an assertion counts after it was made, however long its visa lives; as long as the longest grant.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan LongestAuthorisation { get; set; } = TimeSpan.FromDays(3 * 366);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var issuer in Issuers)
        {
            if (!IssuerDocument.IsSafe(issuer.Issuer, out _) || (issuer.KeySetUrl is { } url && !IssuerDocument.IsSafe(url, out _)))
            {
                yield return new("Passports:Issuers: Issuer and KeySetUrl must be https URLs (http only on loopback).", [nameof(Issuers)]);
            }

            if (issuer.Sources.Count == 0)
            {
                yield return new($"Passports:Issuers: name the Sources that {issuer.Issuer} is believed for.", [nameof(Issuers)]);
            }
        }

        if (Issuers.DistinctBy(issuer => issuer.Issuer).Count() != Issuers.Count)
        {
            yield return new("Passports:Issuers names an issuer twice.", [nameof(Issuers)]);
        }

        if (Issuers.SelectMany(issuer => issuer.Sources).Concat(Committees).Any(source => source.Length is 0 or > VisaWords.LongestUrl))
        {
            yield return new($"Passports: sources and committees are URLs of at most {VisaWords.LongestUrl} characters.", [nameof(Issuers)]);
        }
    }
}

/// <summary>One trusted visa issuer.</summary>
public sealed class VisaIssuer
{
    /// <summary>Its identifier, as visas have it in <c>iss</c>; compared exactly.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>Where its JWK set is; by its discovery document when left out.</summary>
    public string? KeySetUrl { get; set; }

    /// <summary>The sources it is believed for; compared exactly.</summary>
    public IList<string> Sources { get; } = [];
}
