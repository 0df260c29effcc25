using Kakehashi.Adapters;
using Kakehashi.Contracts;
using Kakehashi.Node.Disclosure;

namespace Kakehashi.Node;

/// <summary>What the node needs to know of its biobank beside the data.</summary>
/// <param name="Url">The URL it is known by in visas.</param>
public sealed record BiobankSettings(
    string Id, string Url, string Name, string NameJa, DateOnly DataDate, IReadOnlyList<BiobankDataset> Datasets, DisclosurePreset Preset)
{
    /// <param name="issuer">The platform's issuer identifier; a biobank without a URL of its own is named below it.</param>
    public static BiobankSettings Of(Biobank biobank, string issuer) => new(
        biobank.Id,
        biobank.Url ?? VisaWords.Biobank(issuer, biobank.Id),
        biobank.Name,
        biobank.NameJa,
        biobank.DataDate,
        biobank.Datasets,
        DisclosurePreset.Of(biobank.Disclosure.Preset, biobank.Disclosure.Threshold, biobank.Disclosure.Rounding));
}
