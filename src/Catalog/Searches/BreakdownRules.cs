using System.Globalization;
using Kakehashi.Catalog.Refreshes;

namespace Kakehashi.Catalog.Searches;

/// <summary>
/// What a count can be broken down by: variables every biobank knows, the categories biobanks list, a listed condition or
/// drug (yes, no), or a listed measurement in bands: <c>LOINC:4548-4 step 0.5</c>.
/// </summary>
public static class BreakdownRules
{
    public const int MostAxes = 2;

    private const int LongestName = 64;
    private const string Step = " step ";

    private static readonly string[] Everywhere = ["sex", "age", "enrolled", "dataset", "biosample", "data"];

    /// <summary>A biobank whose catalogue was never read may have any category; its node says so when it has not.</summary>
    public static bool IsKnown(string name, KnownBiobanks known, IReadOnlyList<string> biobanks) =>
        Everywhere.Contains(name)
        || known.ListsAttribute(name)
        || known.Lists("condition", name)
        || known.Lists("drug", name)
        || IsMeasurementInBands(name, known)
        || (name.Length is > 0 and <= LongestName && CodeRules.MayHoldAnything(known, biobanks));

    public static IReadOnlyList<string> Names(KnownBiobanks known) =>
    [
        .. Everywhere,
        .. known.ById.Values.SelectMany(b => b.Attributes).Distinct().Order(StringComparer.Ordinal).Take(50),
        "a condition or drug that a biobank lists",
        "a measurement that a biobank lists, in bands: LOINC:4548-4 step 0.5",
    ];

    private static bool IsMeasurementInBands(string name, KnownBiobanks known) =>
        name.Split(Step) is [var code, var step]
        && known.Lists("measurement", code)
        && decimal.TryParse(step, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var width)
        && width > 0;
}
