namespace Kakehashi.AppHost.Bench;

/// <summary>A question as the platform takes it, and the same in SQL over the normalised copy.</summary>
/// <param name="Where">Condition on <c>participant p</c>; consent and terms are added by the benchmark.</param>
internal sealed record Question(string Name, string Cohort, string Where);

internal static class Questions
{
    /// <summary>Five clauses: condition, age, biosample, data, and a condition they must not have. The figures' question.</summary>
    public static readonly Question FiveClauses = new(
        "five clauses",
        """{"all": [{"condition": "ICD10:E11"}, {"age": {"from": 50, "to": 70}}, {"biosample": "dna"}, {"data": "snp-array"}, {"not": {"condition": "ICD10:I10"}}]}""",
        $"""
        {HasCondition("ICD10:E11")} AND p.age >= 50 AND p.age < 70
        AND EXISTS (SELECT FROM biosample b WHERE b.participant_id = p.participant_id AND b.type = 'dna')
        AND EXISTS (SELECT FROM data d WHERE d.participant_id = p.participant_id AND d.type = 'snp-array')
        AND NOT {HasCondition("ICD10:I10")}
        """);

    public static readonly IReadOnlyList<Question> All =
    [
        FiveClauses,
        new("one condition", """{"condition": "ICD10:I10"}""", HasCondition("ICD10:I10")),
        new("a chapter", """{"condition": "ICD10:I00-I99"}""", HasConditionWhere("code >= 'ICD10:I' AND code < 'ICD10:J'")),
        new("a measured range", """{"all": [{"sex": "female"}, {"measurement": {"code": "LOINC:4548-4", "from": 6.5, "unit": "%"}}]}""",
            $"p.sex = 'female' AND EXISTS (SELECT FROM measurement m WHERE m.participant_id = p.participant_id AND m.code_id = ANY ({Codes("code = 'LOINC:4548-4'")}) AND m.value >= 6.5)"),
        new("either or", """{"any": [{"condition": "ICD10:F00"}, {"condition": "ICD10:G30"}]}""",
            HasConditionWhere($"{IsOrIsUnder("ICD10:F00")} OR {IsOrIsUnder("ICD10:G30")}")),
    ];

    private static string HasCondition(string curie) => HasConditionWhere(IsOrIsUnder(curie));

    private static string HasConditionWhere(string codes) =>
        $"EXISTS (SELECT FROM condition c WHERE c.participant_id = p.participant_id AND c.code_id = ANY ({Codes(codes)}))";

    /// <summary>The numbers of codes, looked up once for each question.</summary>
    private static string Codes(string where) => $"ARRAY(SELECT code_id FROM code WHERE {where})";

    private static string IsOrIsUnder(string curie) => $"code = '{curie}' OR code LIKE '{curie}.%'";
}
