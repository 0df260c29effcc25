using System.Globalization;
using System.Text.Json.Nodes;

namespace Kakehashi.Cohorts.Tests;

/// <summary>A participant with random values out of those that <see cref="Definitions"/> asks for.</summary>
internal sealed record Participant(
    string Sex,
    int? Age,
    DateOnly? Enrolled,
    IReadOnlySet<string> Codes,
    IReadOnlyDictionary<string, double> Measured,
    IReadOnlyDictionary<string, int> Alleles,
    IReadOnlyDictionary<string, string> Attributes)
{
    private static readonly string[] AllCodes =
        ["ICD10:E11", "ICD10:E10-E14", "SNOMED:44054006", "ORPHA:552", "RxNorm:6809", "ATC:A10BA02", "dna", "plasma", "wgs", "snp-array"];

    public static IReadOnlyList<Participant> Population(Choices choices) => [.. Enumerable.Range(0, 40).Select(_ => Of(choices))];

    private static Participant Of(Choices choices) => new(
        choices.Of("female", "male", "other", "unknown"),
        choices.Of<int?>(null, 0, 17, 18, 49, 50, 70, 129),
        choices.Of<DateOnly?>(null, new(2009, 12, 31), new(2010, 1, 1), new(2017, 1, 1), new(2020, 12, 31)),
        AllCodes.Where(_ => choices.OneIn(2)).ToHashSet(),
        Some(choices, ["LOINC:4548-4", "LOINC:2885-2"], -1e22, -1e21, -1, 0, 1e-7, 6.4, 6.5, 1e299),
        Some(choices, ["rs671", "rs1", "12:111803962:G:A", "12:111803962:G:GT"], 0, 1, 2),
        Some(choices, ["population", "Smoking_status"], "GBR", "never", "京都 \"a\\b\"/é😀"));

    private static Dictionary<string, T> Some<T>(Choices choices, IEnumerable<string> names, params IReadOnlyList<T> values) =>
        names.Where(_ => !choices.OneIn(4)).ToDictionary(name => name, _ => choices.Of(values));
}

/// <summary>The meaning of a definition as written: a second reading of the language that shares nothing with the library.</summary>
internal static class WrittenMeaning
{
    public static bool Holds(JsonNode criterion, Participant participant)
    {
        var (kind, value) = criterion.AsObject().Single();
        return kind switch
        {
            "all" => value!.AsArray().All(member => Holds(member!, participant)),
            "any" => value!.AsArray().Any(member => Holds(member!, participant)),
            "not" => !Holds(value!, participant),
            "sex" => participant.Sex == $"{value}",
            "age" => participant.Age is { } age && IsWithin(age, value!, end => double.Parse($"{end}", CultureInfo.InvariantCulture)),
            "enrolled" => participant.Enrolled is { } day && IsWithin(day, value!, end => DateOnly.Parse($"{end}", CultureInfo.InvariantCulture)),
            "measurement" => participant.Measured.TryGetValue($"{value!["code"]}", out var measured)
                && IsWithin(measured, value, end => double.Parse($"{end}", CultureInfo.InvariantCulture)),
            "variant" => Carries(value!, participant),
            "attribute" => participant.Attributes.GetValueOrDefault($"{value!["name"]}") == $"{value["value"]}",
            _ => participant.Codes.Contains($"{value}"),
        };
    }

    private static bool IsWithin<T>(T value, JsonNode range, Func<JsonNode, T> read)
        where T : IComparable<T> =>
        (range["from"] is not { } from || value.CompareTo(read(from)) >= 0) && (range["to"] is not { } to || value.CompareTo(read(to)) < 0);

    private static bool IsWithin(int value, JsonNode range, Func<JsonNode, double> read) => IsWithin((double)value, range, read);

    private static bool Carries(JsonNode variant, Participant participant)
    {
        var name = variant["rs"] is { } rs ? $"{rs}" : $"{variant["position"]}:{variant["ref"]}:{variant["alt"]}";
        var copies = participant.Alleles.GetValueOrDefault(name);
        return $"{variant["genotype"]}" switch
        {
            "het" => copies == 1,
            "hom" => copies == 2,
            _ => copies > 0,
        };
    }
}

/// <summary>The meaning of criteria, as a node would count them.</summary>
internal static class CriterionMeaning
{
    public static bool Holds(Criterion criterion, Participant participant) => criterion switch
    {
        All all => all.Members.All(member => Holds(member, participant)),
        Any any => any.Members.Any(member => Holds(member, participant)),
        Not not => !Holds(not.Inner, participant),
        SexIs leaf => participant.Sex == leaf.Sex,
        AgeIn leaf => participant.Age >= leaf.From && participant.Age < leaf.To,
        EnrolledIn leaf => participant.Enrolled >= (leaf.From ?? DateOnly.MinValue) && participant.Enrolled < (leaf.To ?? DateOnly.MaxValue),
        HasMeasurement leaf => participant.Measured.TryGetValue(leaf.Code, out var value) && !(value < leaf.From) && !(value >= leaf.To),
        HasVariant leaf => Carries(participant.Alleles.GetValueOrDefault(leaf.Rs), leaf.Genotype),
        HasVariantAt leaf => Carries(participant.Alleles.GetValueOrDefault($"{leaf.Chromosome}:{leaf.Position}:{leaf.Ref}:{leaf.Alt}"), leaf.Genotype),
        AttributeIs leaf => participant.Attributes.GetValueOrDefault(leaf.Name) == leaf.Value,
        HasCondition leaf => participant.Codes.Contains(leaf.Code),
        HasDrug leaf => participant.Codes.Contains(leaf.Code),
        HasBiosample leaf => participant.Codes.Contains(leaf.Type),
        HasData leaf => participant.Codes.Contains(leaf.Type),
        _ => throw new InvalidOperationException($"{criterion.GetType().Name} has no meaning here."),
    };

    private static bool Carries(int copies, Genotype genotype) => genotype switch
    {
        Genotype.Het => copies == 1,
        Genotype.Hom => copies == 2,
        _ => copies > 0,
    };
}
