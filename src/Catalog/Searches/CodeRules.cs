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
              let listed = ListingOf(leaf)
              where listed is var (kind, code) && !known.Lists(kind, code) && !IsAncestorOfListed(kind, code, known)
              let variable = listed.Value
              select new SearchFault(
                  "catalog.unknown-code",
                  $"/cohort{leaf.Pointer}",
                  $"No biobank lists the {variable.Kind} {variable.Code}.",
                  Nearest(variable.Kind, variable.Code, known));

    /// <summary>True while the catalogue of one of the biobanks asked was never read: then nothing can be ruled out.</summary>
    public static bool MayHoldAnything(KnownBiobanks known, IReadOnlyList<string> biobanks) =>
        biobanks.Any(b => known.ById.TryGetValue(b, out var biobank) && !biobank.IsCatalogued);

    /// <summary>How a catalogue lists what a leaf asks for; null for leaves that need no listing.</summary>
    private static (string Kind, string Code)? ListingOf(Leaf leaf) => leaf switch
    {
        HasCondition condition => ("condition", condition.Code),
        HasDrug drug => ("drug", drug.Code),
        HasMeasurement measurement => ("measurement", measurement.Code),
        HasBiosample biosample => ("biosample", biosample.Type),
        HasData data => ("data", data.Type),
        AttributeIs attribute => ("attribute", $"{attribute.Name}={attribute.Value}"),
        _ => null,
    };

    private static bool IsAncestorOfListed(string kind, string code, KnownBiobanks known) =>
        kind == "condition" && Icd10Rules.IsIcd10(code)
        && known.ById.Values.Any(b => b.Variables.Any(v => v.Kind == kind && Icd10Rules.IsWithin(v.Code, code)));

    private static IReadOnlyList<string> Nearest(string kind, string code, KnownBiobanks known)
    {
        var system = code.AsSpan(0, code.IndexOfAny([':', '=']) + 1).ToString();
        return [.. known.ById.Values
            .SelectMany(b => b.Variables.Items)
            .Where(v => v.Kind == kind && v.Code.StartsWith(system, StringComparison.Ordinal))
            .Select(v => v.Code)
            .Distinct()
            .OrderBy(candidate => Edits.Between(code, candidate))
            .ThenBy(candidate => candidate, StringComparer.Ordinal)
            .Take(MostNearest)];
    }
}
