namespace Kakehashi.TestKit;

/// <summary>A question to a real source and how many participants answer it.</summary>
/// <param name="Biobank">Id of the biobank: its configuration is under deploy/biobanks.</param>
/// <param name="Name">The name under which an independent script counts the same.</param>
/// <param name="Cohort">The cohort definition.</param>
/// <param name="Count">Exact count before disclosure control; null when the biobank does not hold a variable of the question.</param>
public sealed record RealQuestion(string Biobank, string Name, string Cohort, long? Count);

/// <summary>
/// Questions to the two real sources. The counts come from scripts over the raw files that share nothing with the
/// adapters (tests/Adapters.Tests/Independent), and tests there keep the two in step.
/// </summary>
public static class RealQuestions
{
    public const string Cineca = "cineca";
    public const string Gibleed = "gibleed";

    public static IReadOnlyList<RealQuestion> All { get; } =
    [
        new(Cineca, "everybody has DNA and a genome", """{"all":[{"biosample":"dna"},{"data":"wgs"}]}""", 2504),
        new(Cineca, "men", """{"sex":"male"}""", 1233),
        new(Cineca, "diabetes diagnosed by a doctor", """{"condition":"ICD10:E14"}""", 669),
        new(Cineca, "diabetes block", """{"condition":"ICD10:E10-E14"}""", 795),
        new(Cineca, "endocrine chapter", """{"condition":"ICD10:E00-E90"}""", 991),
        new(Cineca, "nervous system chapter", """{"condition":"ICD10:G00-G99"}""", 369),
        new(Cineca, "total cholesterol 240 mg/dL or more", """{"measurement":{"code":"LOINC:2093-3","from":240,"unit":"mg/dL"}}""", 828),
        new(Cineca, "overweight", """{"measurement":{"code":"LOINC:39156-5","from":25,"to":30,"unit":"kg/m2"}}""", 806),
        new(Cineca, "diastolic hypertension", """{"measurement":{"code":"LOINC:8462-4","from":90,"unit":"mm[Hg]"}}""", 304),
        new(Cineca, "plausible triglycerides", """{"measurement":{"code":"LOINC:2571-8"}}""", 2417),
        new(
            Cineca,
            "east Asian without diabetes",
            """{"all":[{"attribute":{"name":"superpopulation","value":"EAS"}},{"not":{"condition":"ICD10:E14"}}]}""",
            365),
        new(
            Cineca,
            "women with obesity by diagnosis or BMI",
            """{"all":[{"sex":"female"},{"any":[{"condition":"ICD10:E66"},{"measurement":{"code":"LOINC:39156-5","from":30,"unit":"kg/m2"}}]}]}""",
            368),
        new(Cineca, "from Tokyo", """{"attribute":{"name":"population","value":"JPT"}}""", 104),
        new(
            Cineca,
            "from Tokyo with Huntington disease",
            """{"all":[{"attribute":{"name":"population","value":"JPT"}},{"condition":"ICD10:G10"}]}""",
            7),
        new(Cineca, "cancer", """{"condition":"ICD10:C00-D48"}""", 0),
        new(Cineca, "age is not known", """{"age":{"from":50,"to":70}}""", null),
        new(Cineca, "no SNOMED codes", """{"condition":"SNOMED:36971009"}""", null),
        new(Cineca, "no drugs", """{"all":[{"sex":"female"},{"drug":"RxNorm:1191"}]}""", null),

        new(Gibleed, "everybody", """{"any":[{"sex":"female"},{"sex":"male"}]}""", 2694),
        new(Gibleed, "women", """{"sex":"female"}""", 1373),
        new(Gibleed, "viral sinusitis", """{"condition":"SNOMED:444814009"}""", 2686),
        new(Gibleed, "sinusitis of any kind", """{"condition":"SNOMED:36971009"}""", 2689),
        new(Gibleed, "traumatic brain injury of any kind", """{"condition":"SNOMED:127295002"}""", 1055),
        new(Gibleed, "aged 50 to 69", """{"age":{"from":50,"to":70}}""", 1303),
        new(Gibleed, "enrolled in the sixties", """{"enrolled":{"from":"1960-01-01","to":"1970-01-01"}}""", 720),
        new(Gibleed, "women without brain injury", """{"all":[{"sex":"female"},{"not":{"condition":"SNOMED:127295002"}}]}""", 834),
        new(Gibleed, "took aspirin", """{"drug":"RxNorm:1191"}""", 1927),
        new(
            Gibleed,
            "men from 60 on with brain injury who took celecoxib or naproxen",
            """
            {"all":[{"sex":"male"},{"age":{"from":60}},{"condition":"SNOMED:127295002"},
                    {"any":[{"drug":"RxNorm:140587"},{"drug":"RxNorm:7258"}]}]}
            """,
            204),
        new(Gibleed, "pyelonephritis", """{"condition":"SNOMED:45816000"}""", 9),
        new(
            Gibleed,
            "neither brain injury nor sprained ankle",
            """{"not":{"any":[{"condition":"SNOMED:127295002"},{"condition":"SNOMED:44465007"}]}}""",
            815),
        new(Gibleed, "no ICD-10 codes", """{"condition":"ICD10:J01"}""", null),
        new(Gibleed, "no measurements", """{"measurement":{"code":"LOINC:4548-4","from":6.5,"unit":"%"}}""", null),
        new(Gibleed, "no biosamples", """{"all":[{"condition":"SNOMED:36971009"},{"biosample":"dna"}]}""", null),
    ];

    public static IEnumerable<RealQuestion> Of(string biobank) => All.Where(q => q.Biobank == biobank);
}
