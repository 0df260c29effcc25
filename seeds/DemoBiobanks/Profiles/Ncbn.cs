using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Profiles;

/// <summary>Like the National Center Biobank Network: patients of six national centers, one dataset each.</summary>
internal static class Ncbn
{
    private static readonly DateOnly From = new(2011, 10, 1);
    private static readonly DateOnly To = new(2026, 4, 1);

    public static Profile Profile { get; } = new()
    {
        Index = 2,
        Biobank = new(
            "ncbn",
            "National Center Biobank Network (synthetic demo)",
            "ナショナルセンター・バイオバンクネットワーク（合成デモ）",
            110_000,
            "Clinical biobank: patients of six national centers"),
        IdPrefix = 'N',
        Tilt = new(
            Curve.Parse("0:0 1:1.1 14:.7 18:.25 30:.4 40:.6 50:.9 60:1.4 70:1.9 80:1.8 90:1 104:.4"),
            Curve.Parse("0:0 1:1.1 14:.7 18:.3 28:.8 38:1.1 50:1 60:1.1 70:1.4 80:1.4 90:1 104:.4")),
        Datasets =
        [
            Center("ncbn-cancer", ["DUO:0000006"], "18:0 30:20 50:38 70:38 90:20", [
                ("C34", 6), ("C16", 6), ("C18", 6), ("C20", 3), ("C50", 8), ("C25", 2), ("C15", 3), ("C22", 2), ("C61", 4), ("C56", 1.2),
                ("C53", 1.2), ("C54", 1.4), ("C67", 1.2), ("C64", 1), ("C83", 1.5), ("C92", 0.6), ("C71", 0.5)]),
            Center("ncbn-cardiovascular", ["DUO:0000006"], "18:0 40:14 60:22 80:24 100:20", [
                ("I63", 10), ("I61", 3), ("I60", 2), ("I20", 6), ("I21", 5), ("I25", 5), ("I48", 7), ("I50", 7), ("I71", 3), ("I42", 2), ("Q21", .5)]),
            Center("ncbn-neurology-psychiatry", ["DUO:0000006", "DUO:0000046"], "5:0 20:34 40:26 60:14 90:8", [
                ("F20", 6), ("F31", 4), ("F32", 8), ("G35", 1.5), ("G20", 5), ("G40", 4), ("G71", 2), ("G12", 1), ("F41", 3), ("F84", 1.5)]),
            Center("ncbn-global-health", ["DUO:0000006"], "15:0 25:40 45:34 65:16 90:12", [
                ("B24", 3), ("B18", 6), ("E11", 8), ("A15", 2), ("K76", 3), ("M06", 2), ("J18", 3), ("U07", 4), ("C16", 1)]),
            Center("ncbn-child-health", ["DUO:0000006", "DUO:0000046"], "1:100 15:100 20:25 30:12 42:10 46:0", [
                ("J45", 8), ("L20", 8), ("T78", 6), ("Q21", 4), ("C91", 2), ("P07", 4), ("Q90", 1.5), ("G80", 2), ("O24", 5), ("O14", 4), ("N04", 1), ("M08", .6)]),
            Center("ncbn-geriatrics", ["DUO:0000006"], "60:0 65:10 75:28 90:60", [
                ("F00", 9), ("F01", 2), ("F06", 5), ("F03", 2), ("M81", 6), ("M17", 3), ("M48", 3), ("H25", 2), ("G20", 1)]),
        ],
        Homes = "tokyo:34 osaka:18 aichi:17 chiba:10 saitama:8 kanagawa:7 hyogo:3 gifu:2 kyoto:1",
        Locality = 2,
        MeanConditions = 19.6,
        Emphasis = new Dictionary<string, double> { ["cancer"] = 1.5, ["dementia"] = 1.3, ["brain"] = 1.4, ["infection"] = 0.8 },
        Biosamples =
        [
            new("dna", 800), new("plasma", 720), new("serum", 700), new("tissue", 190), new("csf", 16, 10), new("urine", 130), new("rna", 90),
        ],
        Assets =
        [
            new("snp-array", 260), new("wgs", 92), new("wes", 60), new("rna-seq", 30), new("methylation", 15), new("metabolome", 12), new("mri", 130),
        ],
        Measured = new Dictionary<string, int> { ["hba1c"] = 780, ["bmi"] = 930, ["sbp"] = 920, ["ldl"] = 800, ["egfr"] = 900 },
        Consents = new(
            30,
            310,
            80,
            [("ICD10:C00-C97", 5), ("ICD10:I00-I99", 3), ("ICD10:F00-F99 ICD10:G00-G99", 3), ("ICD10:E10-E14", 1)])
        {
            Commercial = 740,
        },
    };

    private static Dataset Center(string id, IReadOnlyList<string> terms, string share, IReadOnlyList<(string Code, double Weight)> targets) =>
        new(id, terms, From, To, Tilt.Both(share)) { Targets = targets };
}
