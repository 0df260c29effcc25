using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Profiles;

/// <summary>Like BioBank Japan: patients of 51 target diseases, enrolled at hospitals all over Japan in two rounds.</summary>
internal static class Bbj
{
    // 47 diseases of the first round and 4 more of the second; weights follow the published order of magnitude of cases.
    private static readonly (string Code, double Weight)[] FirstTargets =
    [
        ("C34", 4.4), ("C15", 1.5), ("C16", 7), ("C18", 5), ("C20", 2.4), ("C22", 2), ("C25", 0.5), ("C24", 0.6),
        ("C61", 5.5), ("C50", 6.5), ("C53", 0.7), ("C54", 1.1), ("C56", 0.9), ("C83", 1.2), ("C92", 0.3), ("I63", 19), ("I67", 3.5),
        ("G40", 2.7), ("J45", 9.5), ("A15", 0.8), ("J44", 4), ("J84", 1), ("I21", 15), ("I20", 21), ("I49", 20), ("I50", 11),
        ("I70", 4), ("B18", 8.5), ("K74", 2.5), ("N04", 1.1), ("N20", 7), ("M81", 8), ("E11", 45), ("E78", 50), ("E05", 2.5),
        ("M06", 5), ("J30", 6.5), ("L27", 0.6), ("L20", 3.2), ("L91", 1), ("D25", 7), ("N80", 1), ("R56", 0.3), ("H40", 6.5),
        ("H26", 27), ("K05", 3.7), ("G12", 0.8),
    ];

    private static readonly (string Code, double Weight)[] SecondTargets =
        [.. FirstTargets, ("F00", 2), ("F32", 3), ("K63", 5), ("N18", 5)];

    public static Profile Profile { get; } = new()
    {
        Index = 0,
        Biobank = new(
            "bbj",
            "BioBank Japan (synthetic demo)",
            "バイオバンク・ジャパン（合成デモ）",
            270_000,
            "Disease biobank: patients of 51 target diseases"),
        IdPrefix = 'B',
        Tilt = new(
            Curve.Parse("28:0 29:.1 40:.25 50:.6 60:1.5 70:2.5 80:2.8 90:2 104:1"),
            Curve.Parse("28:0 29:.15 40:.35 50:.7 60:1.2 70:1.9 80:1.9 90:1.2 104:.6")),
        Datasets =
        [
            Round("bbj-first", new(2003, 6, 1), new(2008, 4, 1), "38:0 39:74", FirstTargets),
            Round("bbj-second", new(2013, 4, 1), new(2018, 4, 1), "28:0 29:26", SecondTargets),
        ],
        Homes = "tokyo:30 osaka:18 kanagawa:6 saitama:5 chiba:5 iwate:7 fukuoka:7 shiga:4 tokushima:3 nagano:2 hokkaido:2 kyoto:3 hyogo:3",
        Locality = 1,
        MeanConditions = 20.6,
        Emphasis = new Dictionary<string, double> { ["cancer"] = 1.5, ["vascular"] = 1.4, ["metabolic"] = 1.2, ["injury"] = 0.5, ["dental"] = 0.6 },
        Biosamples = [new("dna", 996), new("serum", 880), new("plasma", 60), new("tissue", 35)],
        Assets = [new("snp-array", 965), new("wgs", 52), new("wes", 25), new("metabolome", 30), new("proteome", 12)],
        Measured = new Dictionary<string, int> { ["hba1c"] = 820, ["bmi"] = 965, ["sbp"] = 960, ["ldl"] = 860, ["egfr"] = 900 },
        Consents = new(
            30,
            260,
            70,
            [("ICD10:C00-C97", 4), ("ICD10:I00-I99", 3), ("ICD10:E10-E14", 3), ("ICD10:J40-J47", 1), ("ICD10:M05-M14", 1)]),
    };

    private static Dataset Round(string id, DateOnly from, DateOnly to, string share, IReadOnlyList<(string Code, double Weight)> targets) =>
        new(id, ["DUO:0000006", "DUO:0000021"], from, to, Tilt.Both(share)) { Youngest = 20, Targets = targets };
}
