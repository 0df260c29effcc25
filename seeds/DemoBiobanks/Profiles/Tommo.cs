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
            Curve.Parse("8:0 9:2.4 12:2.4 13:.5 20:.3 23:0 32:0 33:.35 40:.8 50:.55 60:.7 70:1.2 80:1.1 88:.3 104:.05"),
            Curve.Parse("8:0 9:2.4 12:2.4 13:.5 20:.3 23:0 30:0 31:.5 40:1.7 48:1.1 60:1.1 70:1.5 80:1.1 88:.3 104:.05")),
        Datasets =
        [
            new(
                "tommo-community",
                ["DUO:0000042"],
                new(2013, 5, 20),
                new(2016, 4, 1),
                new(Curve.Parse("32:0 33:40 50:85 60:90"), Curve.Parse("30:0 31:15 45:40 55:80 65:92")))
            {
                Youngest = 20,
            },
            new(
                "tommo-three-generation",
                ["DUO:0000042"],
                new(2013, 7, 1),
                new(2017, 5, 1),
                new(Curve.Parse("22:100 33:60 50:20 60:8 75:8 90:2"), Curve.Parse("22:100 31:85 45:60 55:20 65:10 90:2"))),
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
