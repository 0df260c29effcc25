using System.ComponentModel.DataAnnotations;
using System.Net;
using Kakehashi.ServiceDefaults.Deliveries;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker;

/// <summary>Section <c>IdBroker</c>.</summary>
public sealed class IdBrokerOptions : IValidatableObject
{
    /// <summary>The issuer identifier: the public address of this service, without a slash at its end.</summary>
    [Required]
    public string Issuer { get; set; } = "";

    /// <summary>File of 32 random bytes that encrypts the signing keys in the database.</summary>
    [Required]
    public string KeyEncryptionKeyFile { get; set; } = "";

    /// <summary>JSON file of the clients; absent: the clients in the database stay as they are.</summary>
    public string? ClientsFile { get; set; }

    /// <summary>JSON file of local accounts; absent: the accounts in the database stay as they are.</summary>
    public string? AccountsFile { get; set; }

    /// <summary>Where Consent answers which grants are live, with a slash at its end; absent: passports carry no grants.</summary>
    public Uri? ConsentUrl { get; set; }

    /// <summary>The terms of use that a person accepts before they go on; absent: there are none. Other terms have another address.</summary>
    [StringLength(255)]
    public string? TermsUrl { get; set; }

    /// <summary>JSON file of the institutions whose people may sign in; absent: none.</summary>
    public string? InstitutionsFile { get; set; }

    /// <summary>
    /// After how many months without use a link to an institution needs re-vetting. GakuNin lets an institution give an
    /// identifier to another person after 24.
    /// </summary>
    [Range(1, 24)]
    public int LinkDormantAfterMonths { get; set; } = 12;

    /// <summary>How long a new signing key is published before it signs. Longer than an instance takes to notice it.</summary>
    [Range(5, 86400)]
    public int KeyPublishedAheadSeconds { get; set; } = 30;

    /// <summary>Networks (10.1.0.0/16) whose X-Forwarded-For is believed; this machine's own always is.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>Base address of Metering with a slash at its end; absent: access events wait in the database.</summary>
    public Uri? MeteringUrl { get; set; }

    /// <summary>Whether the platform is reached on this machine alone: one for trying things out.</summary>
    internal bool IsLocal => new Uri(Issuer) is { Scheme: "http", IsLoopback: true };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IssuerDocument.IsSafe(Issuer, out _) || Issuer.EndsWith('/'))
        {
            yield return new("IdBroker:Issuer must be an https URL without a slash at its end (http only on loopback).", [nameof(Issuer)]);
        }

        foreach (var wrong in TrustedProxies.Where(network => !IPNetwork.TryParse(network, out _)))
        {
            yield return new($"IdBroker:TrustedProxies: {wrong} is not a network such as 10.1.0.0/16.", [nameof(TrustedProxies)]);
        }

        foreach (var fault in InstitutionsFile is null ? [] : SignIn.Institutions.InstitutionsFile.FaultsIn(InstitutionsFile))
        {
            yield return new(fault, [nameof(InstitutionsFile)]);
        }

        if (MeteringUrl is { } url && MeteringClient.WhyNot(url, "IdBroker:MeteringUrl") is { } wrongUrl)
        {
            yield return new(wrongUrl, [nameof(MeteringUrl)]);
        }
    }
}
