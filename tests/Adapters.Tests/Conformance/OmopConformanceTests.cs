namespace Kakehashi.Adapters.Tests.Conformance;

/// <summary>Reads the fixture with a role that has no more than SELECT.</summary>
public sealed class OmopConformanceTests(OmopDatabase database) : AdapterConformance, IClassFixture<OmopDatabase>
{
    protected override IEnumerable<string> ExpectedFaults =>
    [
        "observation_period observation_period_start_date adapter.date-in-future 109",
        "observation_period - adapter.participant-unknown 111",
        "person year_of_birth adapter.age-out-of-range 11",
        "person - adapter.participant-repeated 3",
        "consent permission adapter.permission-unknown 7",
        "condition_occurrence - adapter.participant-unknown 210",
        "condition_occurrence condition_concept_id adapter.concept-none 211",
        "drug_exposure - adapter.participant-unknown 304",
        "measurement unit_concept_id adapter.unit-unknown 407",
        "measurement value_as_number adapter.out-of-bounds 408",
        "measurement value_as_number adapter.value-missing 409",
        "measurement unit_concept_id adapter.unit-missing 410",
        "measurement - adapter.participant-unknown 411",
        "specimen specimen_concept_id adapter.value-unknown 505",
    ];

    protected override Biobank Biobank() => BiobankFile.Load(Path.Combine(Fixtures, "omop", "biobank.yaml"), _ => database.Reader);

    protected override Task<string> PictureOfSourceAsync() => database.TextAsync(
        """
        SELECT string_agg(row, E'\n' ORDER BY row) FROM (
            SELECT xmin || ' ' || t AS row FROM person t
            UNION ALL SELECT xmin || ' ' || t FROM condition_occurrence t
            UNION ALL SELECT xmin || ' ' || t FROM measurement t
            UNION ALL SELECT xmin || ' ' || t FROM consent t
            UNION ALL SELECT oid || ' ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace) rows
        """);
}
