using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Kakehashi.Cohorts.Forms;

/// <summary>Leaves as JSON of the cohort language; what is the default is left out.</summary>
internal static class LeafJson
{
    public static string TextOf(Leaf leaf) => CanonicalJson.Of(Of(leaf));

    private static JsonObject Of(Leaf any) => any switch
    {
        SexIs leaf => new() { ["sex"] = leaf.Sex },
        AgeIn leaf => new() { ["age"] = Age(leaf) },
        EnrolledIn leaf => new() { ["enrolled"] = Present(("from", Day(leaf.From)), ("to", Day(leaf.To))) },
        HasCondition leaf => new() { ["condition"] = leaf.Code },
        HasDrug leaf => new() { ["drug"] = leaf.Code },
        HasMeasurement leaf => new()
        {
            ["measurement"] = Present(("code", leaf.Code), ("from", leaf.From), ("to", leaf.To), ("unit", leaf.Unit)),
        },
        HasBiosample leaf => new() { ["biosample"] = leaf.Type },
        HasData leaf => new() { ["data"] = leaf.Type },
        AttributeIs leaf => new() { ["attribute"] = Present(("name", leaf.Name), ("value", leaf.Value)) },
        HasVariant leaf => new() { ["variant"] = Present(("rs", leaf.Rs), ("genotype", Word(leaf.Genotype))) },
        HasVariantAt leaf => new()
        {
            ["variant"] = Present(
                ("position", $"{leaf.Chromosome}:{leaf.Position}"),
                ("ref", leaf.Ref),
                ("alt", leaf.Alt),
                ("genotype", Word(leaf.Genotype))),
        },
        _ => throw new UnreachableException(),
    };

    /// <summary>"From 0" is said only when nothing else is: it means that the age is known.</summary>
    private static JsonObject Age(AgeIn age) => age switch
    {
        { To: AgeIn.NoEnd } => Present(("from", (double)age.From)),
        { From: 0 } => Present(("to", (double)age.To)),
        _ => Present(("from", (double)age.From), ("to", (double)age.To)),
    };

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Word(Genotype genotype) => genotype switch
    {
        Genotype.Het => "het",
        Genotype.Hom => "hom",
        _ => null,
    };

    private static JsonObject Present(params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var present = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (value is not null)
            {
                present.Add(name, value);
            }
        }

        return present;
    }
}
