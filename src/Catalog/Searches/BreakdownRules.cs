using Kakehashi.Catalog.Refreshes;

namespace Kakehashi.Catalog.Searches;

/// <summary>What a count can be broken down by: four variables every biobank knows, and the categories biobanks list.</summary>
public static class BreakdownRules
{
    public const int MostAxes = 2;

    private const int LongestName = 64;

    private static readonly string[] Everywhere = ["sex", "age", "biosample", "data"];

    /// <summary>A biobank whose catalogue was never read may have any category; its node says so when it has not.</summary>
    public static bool IsKnown(string name, KnownBiobanks known, IReadOnlyList<string> biobanks) =>
        Everywhere.Contains(name)
        || known.ListsAttribute(name)
        || (name.Length is > 0 and <= LongestName && CodeRules.MayHoldAnything(known, biobanks));

    public static IReadOnlyList<string> Names(KnownBiobanks known) =>
        [.. Everywhere, .. known.ById.Values.SelectMany(b => b.Attributes).Distinct().Order(StringComparer.Ordinal).Take(50)];
}
