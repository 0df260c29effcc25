using System.Text.RegularExpressions;
using Kakehashi.Cohorts.Readers;

namespace Kakehashi.Cohorts.Codes;

/// <summary>
/// The syntax of UCUM units (case-sensitive form), with parentheses one deep. Whether the unit is the one a biobank
/// measures in is for its node to say.
/// </summary>
internal static partial class UnitRules
{
    private const string Example = "a UCUM unit such as mg/dL, % or 10*3/uL";
    private const string Atom = @"(?:10[*^]|(?:[A-Za-z%'_]|\[[!-Z\\^-z|~]+\])+)";
    private const string Annotation = @"\{[!-z|~]*\}";
    private const string Simple = "(?:(?:" + Atom + "[+-]?[0-9]*|[0-9]+)(?:" + Annotation + ")?|" + Annotation + ")";
    private const string Grouped = @"(?:" + Simple + @"|\(/?" + Simple + "(?:[./]" + Simple + @")*\))";

    public static string? Read(Written value) =>
        Texts.Matching(value, Unit(), FaultCodes.MalformedUnit, Example, Bounds.UnitLength);

    [GeneratedRegex(@"\A/?" + Grouped + "(?:[./]" + Grouped + @")*\z")]
    private static partial Regex Unit();
}
