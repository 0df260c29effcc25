using System.ComponentModel.DataAnnotations;
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

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IssuerDocument.IsSafe(Issuer, out _) || Issuer.EndsWith('/'))
        {
            yield return new("IdBroker:Issuer must be an https URL without a slash at its end (http only on loopback).", [nameof(Issuer)]);
        }

        foreach (var fault in InstitutionsFile is null ? [] : SignIn.Institutions.InstitutionsFile.FaultsIn(InstitutionsFile))
        {
            yield return new(fault, [nameof(InstitutionsFile)]);
        }
    }
}
