using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Profiles;

/// <summary>Like the Tohoku Medical Megabank: residents of Miyagi and Iwate, in a community and a three-generation cohort.</summary>
internal static class Tommo
{
    public static Profile Profile { get; } = new()
    {
        Index = 1,
        Biobank = new(
            "tommo",
            "Tohoku Medical Megabank (synthetic demo)",
            "東北メディカル・メガバンク（合成デモ）",
            157_000,
            "Population biobank: residents of Miyagi and Iwate"),
        IdPrefix = 'T',
        Tilt = new(
            Curve.Parse("8:0 9:4.4 12:4.4 13:1 22:.5 23:0 32:0 33:.5 40:.95 50:.5 60:.7 70:1.2 80:1.1 88:.3 104:.05"),
            Curve.Parse("8:0 9:4.4 12:4.4 13:1 22:.5 23:0 30:0 31:.8 36:2.2 44:2.2 50:.9 60:1 70:1.5 80:1.1 88:.3 104:.05")),
        Datasets =
        [
            new(
                "tommo-community",
                ["DUO:0000042"],
                new(2013, 5, 20),
                new(2016, 4, 1),
                new(Curve.Parse("32:0 33:40 48:70 55:90"), Curve.Parse("30:0 31:10 42:25 50:70 58:88")))
            {
                Youngest = 20,
            },
            new(
                "tommo-three-generation",
                ["DUO:0000042"],
                new(2013, 7, 1),
                new(2017, 5, 1),
                new(Curve.Parse("22:100 33:60 48:30 55:10 60:10 75:10 90:2"), Curve.Parse("22:100 31:90 42:75 50:30 58:12 75:12 90:2"))),
        ],
        Homes = "miyagi:62 iwate:38",
        ResidentsOnly = true,
        Locality = 4,
        MeanConditions = 17.8,
        Emphasis = new Dictionary<string, double> { ["mental"] = 1.15, ["birth"] = 1.6, ["child"] = 1.1 },
        Biosamples =
        [
            new("dna", 985), new("plasma", 955), new("serum", 955, 14), new("urine", 930, 7), new("pbmc", 340, 20), new("saliva", 70, 0, 23),
            new("cord-blood", 800, 9, 13),
        ],
        Assets =
        [
            new("snp-array", 935), new("wgs", 640), new("methylation", 25, 20), new("metabolome", 340, 14), new("proteome", 20, 20),
            new("transcriptome", 15, 20), new("mri", 85, 20),
        ],
        Measured = new Dictionary<string, int> { ["hba1c"] = 930, ["bmi"] = 985, ["sbp"] = 975, ["ldl"] = 940, ["egfr"] = 930 },
        Consents = new(30, 720, 20, [("ICD10:C00-C97", 2), ("ICD10:I00-I99", 2), ("ICD10:F00-F99", 1)]) { Commercial = 790, Abroad = 700 },
    };
}
