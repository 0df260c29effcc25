using System.ComponentModel.DataAnnotations;
using Kakehashi.ServiceDefaults.Deliveries;

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
        if (MeteringUrl is { } url && MeteringClient.WhyNot(url, "Ledger:MeteringUrl") is { } fault)
        {
            yield return new(fault, [nameof(MeteringUrl)]);
        }
    }
}
