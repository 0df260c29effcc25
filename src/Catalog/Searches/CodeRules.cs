using Kakehashi.Catalog.Refreshes;
using Kakehashi.Cohorts;

namespace Kakehashi.Catalog.Searches;

/// <summary>
/// A code nobody lists is most often a slip of the pen, and an answer of nobody would hide it: such a question is refused,
/// with the nearest codes that are listed.
/// </summary>
public static class CodeRules
{
    private const int MostNearest = 3;

    public static IEnumerable<SearchFault> Unknown(Cohort cohort, KnownBiobanks known, IReadOnlyList<string> biobanks) =>
        MayHoldAnything(known, biobanks)
            ? []
            : from leaf in cohort.Root.LeavesWithin()
              let listing = ListingOf(leaf)
              where listing is not null && !known.Lists(listing.Kind, listing.Code) && !IsAncestorOfListed(listing, known)
              select new SearchFault(
                  "catalog.unknown-code",
                  $"/cohort{leaf.Pointer}{listing.At}",
                  $"No biobank lists the {listing.Kind} {listing.Code}.",
                  Nearest(listing, known));

    /// <summary>True while the catalogue of one of the biobanks asked was never read: then nothing can be ruled out.</summary>
    public static bool MayHoldAnything(KnownBiobanks known, IReadOnlyList<string> biobanks) =>
        biobanks.Any(b => known.ById.TryGetValue(b, out var biobank) && !biobank.IsCatalogued);

    private static Listing? ListingOf(Leaf leaf) => leaf switch
    {
        HasCondition condition => new("condition", condition.Code, "/condition"),
        HasDrug drug => new("drug", drug.Code, "/drug"),
        HasMeasurement measurement => new("measurement", measurement.Code, "/measurement/code"),
        HasBiosample biosample => new("biosample", biosample.Type, "/biosample"),
        HasData data => new("data", data.Type, "/data"),
        AttributeIs attribute => new("attribute", $"{attribute.Name}={attribute.Value}", "/attribute/value"),
        _ => null,
    };

    private static bool IsAncestorOfListed(Listing listing, KnownBiobanks known) =>
        listing.Kind == "condition" && Icd10Rules.IsIcd10(listing.Code)
        && known.ById.Values.Any(b => b.Variables.Any(v => v.Kind == listing.Kind && Icd10Rules.IsWithin(v.Code, listing.Code)));

    private static IReadOnlyList<string> Nearest(Listing listing, KnownBiobanks known)
    {
        var system = listing.Code[..(listing.Code.IndexOfAny([':', '=']) + 1)];
        return [.. known.ById.Values
            .SelectMany(b => b.Variables.Items)
            .Where(v => v.Kind == listing.Kind && v.Code.StartsWith(system, StringComparison.Ordinal))
            .Select(v => v.Code)
            .Distinct()
            .OrderBy(candidate => Edits.Between(listing.Code, candidate))
            .ThenBy(candidate => candidate, StringComparer.Ordinal)
            .Take(MostNearest)];
    }

    /// <summary>How a catalogue lists what a leaf asks for, and where in the leaf the code stands.</summary>
    private sealed record Listing(string Kind, string Code, string At);
}
