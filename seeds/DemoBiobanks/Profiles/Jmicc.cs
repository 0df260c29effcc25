using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Profiles;

/// <summary>Like the J-MICC Study: healthy people of 35 to 69 years at baseline, from a dozen regions.</summary>
internal static class Jmicc
{
    public static Profile Profile { get; } = new()
    {
        Index = 3,
        Biobank = new(
            "jmicc",
            "J-MICC Study (synthetic demo)",
            "日本多施設共同コホート研究（合成デモ）",
            93_000,
            "Population cohort: 35 to 69 years and healthy at baseline"),
        IdPrefix = 'J',
        Tilt = new(
            Curve.Parse("47:0 48:.35 52:.7 60:.85 70:1.1 80:1.2 85:.8 89:.15 90:0"),
            Curve.Parse("47:0 48:.45 52:.9 60:1.1 70:1.3 80:1.2 85:.7 89:.12 90:0")),
        Datasets =
        [
            new(
                "jmicc-baseline",
                ["DUO:0000042", "DUO:0000018"],
                new(2005, 6, 1),
                new(2014, 4, 1),
                Tilt.Both("0:1"))
            {
                Youngest = 35,
                Oldest = 69,
            },
        ],
        Homes = "aichi:24 shizuoka:9 fukuoka:14 saga:13 kagoshima:9 kyoto:7 chiba:9 shiga:5 tokushima:4 okinawa:3 osaka:2 nagasaki:3",
        Locality = 3,
        MeanConditions = 17.6,
        Emphasis = new Dictionary<string, double> { ["dementia"] = 0.6, ["cancer"] = 0.8, ["immune"] = 0.8 },
        Biosamples = [new("dna", 985), new("serum", 960), new("plasma", 940)],
        Assets = [new("snp-array", 300), new("wgs", 22), new("metabolome", 15)],
        Measured = new Dictionary<string, int> { ["hba1c"] = 880, ["bmi"] = 990, ["sbp"] = 985, ["ldl"] = 930, ["egfr"] = 930 },
        Consents = new(30, 460, 50, [("ICD10:C00-C97", 5), ("ICD10:I00-I99", 2), ("ICD10:E10-E14", 2)]) { Commercial = 640, Abroad = 560 },
    };
}
