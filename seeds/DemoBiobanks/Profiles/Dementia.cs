using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Profiles;

/// <summary>Like the large dementia cohort (JPSC-AD): residents of eight communities, 65 years and over at baseline.</summary>
internal static class Dementia
{
    public static Profile Profile { get; } = new()
    {
        Index = 4,
        Biobank = new(
            "dementia",
            "Dementia Cohort (synthetic demo)",
            "大規模認知症コホート（合成デモ）",
            10_000,
            "Population cohort of dementia: 65 years and over at baseline"),
        IdPrefix = 'D',
        Tilt = new(
            Curve.Parse("72:0 73:1 80:1.1 90:.9 104:.5"),
            Curve.Parse("72:0 73:1.1 80:1.2 90:.8 104:.4")),
        Datasets =
        [
            new(
                "dementia-baseline",
                ["DUO:0000006", "DUO:0000046"],
                new(2016, 11, 1),
                new(2019, 1, 1),
                Tilt.Both("0:1"))
            {
                Youngest = 65,
            },
        ],
        Homes = "aomori:20 iwate:10 tokyo:15 ishikawa:22 shimane:6 ehime:8 fukuoka:15 kumamoto:14",
        ResidentsOnly = true,
        Locality = 5,
        MeanConditions = 25,
        Emphasis = new Dictionary<string, double> { ["dementia"] = 1.3 },
        Biosamples = [new("dna", 985), new("serum", 960), new("plasma", 620)],
        Assets = [new("snp-array", 940), new("wgs", 130), new("mri", 790)],
        Measured = new Dictionary<string, int> { ["hba1c"] = 960, ["bmi"] = 980, ["sbp"] = 985, ["ldl"] = 955, ["egfr"] = 955, ["mmse"] = 940 },
        Consents = new(30, 330, 110, [("ICD10:F00-F09 ICD10:G30-G32", 9), ("ICD10:I60-I69", 1)]) { Commercial = 600, Abroad = 600 },
    };
}
