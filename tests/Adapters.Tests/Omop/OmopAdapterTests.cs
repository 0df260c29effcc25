using Kakehashi.Adapters.Tests.Conformance;

namespace Kakehashi.Adapters.Tests.Omop;

/// <summary>What only the OMOP adapter does. Each test has a schema of its own in one database.</summary>
public sealed class OmopAdapterTests(OmopDatabase database) : IClassFixture<OmopDatabase>, IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Without_person_the_database_cannot_be_read()
    {
        await database.ExecuteAsync("CREATE SCHEMA no_person; CREATE TABLE no_person.persons (person_id bigint)");

        var refused = await Assert.ThrowsAsync<BiobankUnreadableException>(() => ReadAsync("schema: no_person\nvocabularySchema: public"));

        Assert.Equal("adapter.table-missing", refused.Code);
        Assert.Equal("table 'person' is not there; nearest: 'persons', 'concept', 'concept_ancestor'", refused.Message);
    }

    [Fact]
    public async Task Without_concept_the_database_cannot_be_read()
    {
        await database.ExecuteAsync("CREATE SCHEMA no_concept; CREATE TABLE no_concept.person AS TABLE public.person");

        var refused = await Assert.ThrowsAsync<BiobankUnreadableException>(() => ReadAsync("schema: no_concept"));

        Assert.Equal("adapter.table-missing", refused.Code);
        Assert.StartsWith("table 'concept' is not there", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Absent_tables_are_kinds_not_held_and_named_in_the_report()
    {
        await database.ExecuteAsync(
            "CREATE SCHEMA bare; CREATE TABLE bare.person AS SELECT person_id, gender_concept_id FROM public.person WHERE person_id < 5");

        var outcome = await ReadAsync("schema: bare\nvocabularySchema: public");

        Assert.Equal([(VariableKind.Sex, null)], outcome.Sink.Held);
        Assert.Equal(
            ["observation_period", "condition_era", "drug_era", "specimen", "measurement"],
            outcome.Report.Faults.Where(f => f.Code == "adapter.table-absent").Select(f => f.Source));
    }

    [Fact]
    public async Task The_preferred_table_of_conditions_is_read()
    {
        await database.ExecuteAsync(
            """
            CREATE SCHEMA two;
            CREATE TABLE two.person AS TABLE public.person;
            CREATE TABLE two.condition_occurrence AS TABLE public.condition_occurrence;
            CREATE TABLE two.condition_era AS SELECT 1 AS condition_era_id, 1 AS person_id, 2007 AS condition_concept_id;
            """);

        var era = await ReadAsync("schema: two\nvocabularySchema: public");
        var occurrence = await ReadAsync("schema: two\nvocabularySchema: public\nconditions: occurrence");

        Assert.Equal(["ICD10:J45"], Conditions(era));
        Assert.Equal(["ICD10:E11.9", "ICD10:I10"], Conditions(occurrence));
    }

    [Fact]
    public async Task Concepts_are_found_under_their_number_when_asked_for()
    {
        var outcome = await ReadAsync("conditions: occurrence\nconceptIds: yes");

        Assert.Contains(("OMOP:2001", "ICD10:E11.9"), outcome.Sink.Ancestors);
        Assert.Contains(("OMOP:2003", "ICD10:E11.9"), outcome.Sink.Ancestors);
        Assert.Empty(outcome.Sink.Breaches);
    }

    [Fact]
    public async Task Concepts_of_other_vocabularies_and_unknown_concepts_are_known_by_their_number()
    {
        await database.ExecuteAsync(
            """
            CREATE SCHEMA other;
            CREATE TABLE other.person AS TABLE public.person;
            CREATE TABLE other.condition_era AS
                SELECT * FROM (VALUES (1, 1, 8507), (2, 1, 77)) v (condition_era_id, person_id, condition_concept_id);
            """);

        var outcome = await ReadAsync("schema: other\nvocabularySchema: public");

        Assert.Equal(["OMOP:77", "OMOP:8507"], Conditions(outcome));
    }

    [Fact]
    public async Task A_role_that_may_not_read_a_table_is_told_so()
    {
        await database.ExecuteAsync("CREATE SCHEMA secret; CREATE TABLE secret.person AS TABLE public.person");

        var refused = await Assert.ThrowsAsync<BiobankUnreadableException>(() => ReadAsync("schema: secret\nvocabularySchema: public", database.Reader));

        Assert.Equal("adapter.table-forbidden", refused.Code);
    }

    [Fact]
    public async Task Even_a_role_with_all_rights_cannot_write_through_the_adapter()
    {
        await database.ExecuteAsync(
            """
            CREATE SCHEMA trap;
            CREATE TABLE trap.person AS TABLE public.person;
            CREATE TABLE trap.written (n int);
            CREATE FUNCTION trap.write() RETURNS text LANGUAGE sql AS 'INSERT INTO trap.written VALUES (1) RETURNING ''GRU''';
            CREATE VIEW trap.consent AS SELECT person_id, trap.write() AS permission FROM public.person;
            """);

        var refused = await Assert.ThrowsAsync<BiobankUnreadableException>(
            () => ReadAsync("schema: trap\nvocabularySchema: public\ntables: [{holds: permission, table: consent, column: permission}]"));

        Assert.Contains("read-only transaction", refused.Message, StringComparison.Ordinal);
        Assert.Equal("0", await database.TextAsync("SELECT count(*)::text FROM trap.written"));
    }

    [Fact]
    public async Task Own_tables_and_columns_that_are_not_there_are_all_named()
    {
        var refused = await Assert.ThrowsAsync<BiobankUnreadableException>(() => ReadAsync(
            """
            tables:
              - {holds: permission, table: consents, column: permission}
              - {holds: data, table: asset, column: tipe}
            """));

        Assert.Equal("adapter.table-missing", refused.Code);
        Assert.Contains("'consents' is not there; nearest: 'consent'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("asset: column 'tipe' is not there; nearest: 'type'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_database_is_told_without_its_password()
    {
        var refused = await Assert.ThrowsAsync<BiobankUnreadableException>(
            () => ReadAsync("", "Host=127.0.0.1;Port=1;Username=nobody;Password=hush;Database=none"));

        Assert.Equal("adapter.database-unreadable", refused.Code);
        Assert.DoesNotContain("hush", refused.ToString(), StringComparison.Ordinal);
    }

    private Task<Outcome> ReadAsync(string omop, string? connection = null) => Outcome.OfAsync(BiobankFile.Load(
        _scratch.Write(
            "biobank.yaml",
            $$"""
            id: omop
            name: OMOP
            nameJa: OMOP
            dataDate: 2026-04-01
            model: omop
            disclosure: standard
            datasets: [{id: all, terms: [DUO:0000042]}]
            omop:
              connection: ${CONNECTION}
            {{string.Join('\n', omop.Split('\n').Select(line => "  " + line))}}
            """),
        _ => connection ?? database.Owner));

    private static IEnumerable<string> Conditions(Outcome outcome) =>
        outcome.Sink.People["1"].Facts.Where(f => f.Kind == VariableKind.Condition).Select(f => f.Code).Order(StringComparer.Ordinal);
}
