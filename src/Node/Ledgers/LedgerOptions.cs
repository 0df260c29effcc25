using System.ComponentModel.DataAnnotations;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Node.Ledgers;

/// <summary>Section <c>Ledger</c>: where the node's entries go.</summary>
public sealed class LedgerOptions : IValidatableObject
{
    public const string Section = "Ledger";

    /// <summary>Base address of Metering with a slash at its end, for instance https://platform.example/api/metering/.</summary>
    [Required]
    public Uri? MeteringUrl { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MeteringUrl is { } url && !(IssuerDocument.IsSafe(url.OriginalString, out _) && url.OriginalString.EndsWith('/')))
        {
            yield return new("Ledger:MeteringUrl must be an https address with a slash at its end (http only on loopback).", [nameof(MeteringUrl)]);
        }
    }
}
