using Kakehashi.Adapters;
using Kakehashi.Node.Disclosure;

namespace Kakehashi.Node;

/// <summary>What the node needs to know of its biobank beside the data.</summary>
public sealed record BiobankSettings(
    string Id, string Name, string NameJa, DateOnly DataDate, IReadOnlyList<BiobankDataset> Datasets, DisclosurePreset Preset)
{
    public static BiobankSettings Of(Biobank biobank) => new(
        biobank.Id,
        biobank.Name,
        biobank.NameJa,
        biobank.DataDate,
        biobank.Datasets,
        DisclosurePreset.Of(biobank.Disclosure.Preset, biobank.Disclosure.Threshold, biobank.Disclosure.Rounding));
}
