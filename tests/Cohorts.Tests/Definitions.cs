using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Kakehashi.Cohorts.Tests;

/// <summary>Random valid definitions, over few values so that the same criterion turns up more than once.</summary>
internal static class Definitions
{
    private const int Depth = 3;
    private const int MostMembers = 3;

    public static Arbitrary<int> Seeds { get; } = Gen.Choose(int.MinValue, int.MaxValue).ToArbitrary();

    public static Arbitrary<string> Any { get; } = Seeds.Generator.Select(seed => Of(new(seed)).ToJsonString()).ToArbitrary();

    public static JsonObject Of(Choices choices) => Criterion(choices, Depth);

    private static JsonObject Criterion(Choices choices, int depth) => depth == 0 ? Leaf(choices) : choices.Below(5) switch
    {
        0 => new() { ["all"] = Members(choices, depth) },
        1 => new() { ["any"] = Members(choices, depth) },
        2 => new() { ["not"] = Criterion(choices, depth - 1) },
        _ => Leaf(choices),
    };

    private static JsonArray Members(Choices choices, int depth) =>
        new([.. Enumerable.Range(0, 1 + choices.Below(MostMembers)).Select(_ => Criterion(choices, depth - 1))]);

    private static JsonObject Leaf(Choices choices) => choices.Below(11) switch
    {
        0 => new() { ["sex"] = choices.Of("female", "male", "other", "unknown") },
        1 => new() { ["age"] = Range(choices, 0d, 18d, 50d, 130d) },
        2 => new() { ["condition"] = choices.Of("ICD10:E11", "ICD10:E10-E14", "SNOMED:44054006", "ORPHA:552") },
        3 => new() { ["drug"] = choices.Of("RxNorm:6809", "ATC:A10BA02") },
        4 => Measurement(choices),
        5 => new() { ["biosample"] = choices.Of("dna", "plasma") },
        6 => new() { ["data"] = choices.Of("wgs", "snp-array") },
        7 => new() { ["variant"] = Genotyped(choices, new() { ["rs"] = choices.Of("rs671", "rs1") }) },
        8 => new() { ["variant"] = Genotyped(choices, new() { ["position"] = "12:111803962", ["ref"] = "G", ["alt"] = choices.Of("A", "GT") }) },
        9 => new() { ["enrolled"] = Range(choices, "2010-01-01", "2015-04-01", "2020-12-31") },
        _ => new() { ["attribute"] = Attribute(choices) },
    };

    private static JsonObject Attribute(Choices choices) => new()
    {
        ["name"] = choices.Of("population", "Smoking_status"),
        ["value"] = choices.Of("GBR", "never", "京都 \"a\\b\"/é😀"),
    };

    private static JsonObject Measurement(Choices choices)
    {
        var measurement = choices.OneIn(4) ? [] : Range(choices, -1e21, 0d, 6.5, 1e-7, 1e300);
        measurement["code"] = choices.Of("LOINC:4548-4", "LOINC:2885-2");
        if (measurement.Count > 1 || choices.OneIn(2))
        {
            measurement["unit"] = choices.Of("%", "mmol/mol", "10*3/uL");
        }

        return new() { ["measurement"] = measurement };
    }

    private static JsonObject Genotyped(Choices choices, JsonObject variant)
    {
        if (choices.OneIn(2))
        {
            variant["genotype"] = choices.Of("any", "het", "hom");
        }

        return variant;
    }

    private static JsonObject Range<T>(Choices choices, params IReadOnlyList<T> ends)
    {
        var ordered = ends.Order().ToList();
        var from = choices.Below(ordered.Count - 1);
        var to = from + 1 + choices.Below(ordered.Count - from - 1);
        return choices.Below(3) switch
        {
            0 => new() { ["from"] = JsonValue.Create(ordered[from]) },
            1 => new() { ["to"] = JsonValue.Create(ordered[to]) },
            _ => new() { ["from"] = JsonValue.Create(ordered[from]), ["to"] = JsonValue.Create(ordered[to]) },
        };
    }
}
