using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Catalog.Refreshes;
using Kakehashi.Catalog.Searches;

namespace Kakehashi.Catalog.Tests.Searches;

public sealed class QuestionReaderTests
{
    private static readonly KnownBiobanks Known = KnownBiobanks.None
        .With(new("bbj", "BBJ", "BBJ", "s1", [("condition", "ICD10:E11"), ("condition", "ICD10:E14.9"), ("attribute", "smoking=never"), ("biosample", "dna")]))
        .With(new("tommo", "ToMMo", "ToMMo", "s1", [("condition", "ICD10:I10"), ("measurement", "LOINC:4548-4")]));

    [Theory]
    [InlineData("""{"use":"GRU"}""")]
    [InlineData("""{"use":"DS","diseases":["ICD10:E11","MONDO:0005148"]}""")]
    [InlineData("""{"use":"MDS","commercial":true,"country":"US","ethicsApproval":true,"collaboration":false,"publication":true}""")]
    public void A_purpose_in_the_agreed_words_is_read(string purpose) => Assert.Empty(FaultsOf(purpose: purpose));

    [Theory]
    [InlineData("""{}""", "catalog.missing-member", "/purpose/use")]
    [InlineData("""[]""", "catalog.wrong-type", "/purpose")]
    [InlineData("""{"use":"gru"}""", "catalog.purpose-use", "/purpose/use")]
    [InlineData("""{"use":0}""", "catalog.purpose-use", "/purpose/use")]
    [InlineData("""{"use":"DS"}""", "catalog.purpose-diseases", "/purpose/diseases")]
    [InlineData("""{"use":"DS","diseases":[]}""", "catalog.purpose-diseases", "/purpose/diseases")]
    [InlineData("""{"use":"DS","diseases":["E11"]}""", "catalog.purpose-diseases", "/purpose/diseases/0")]
    [InlineData("""{"use":"DS","diseases":["LOINC:4548-4"]}""", "catalog.purpose-diseases", "/purpose/diseases/0")]
    [InlineData("""{"use":"HMB","diseases":["ICD10:E11"]}""", "catalog.purpose-diseases", "/purpose/diseases")]
    [InlineData("""{"use":"HMB","country":"JPN"}""", "catalog.purpose-country", "/purpose/country")]
    [InlineData("""{"use":"HMB","country":"XX"}""", "catalog.purpose-country", "/purpose/country")]
    [InlineData("""{"use":"HMB","commercial":"no"}""", "catalog.wrong-type", "/purpose/commercial")]
    [InlineData("""{"use":"HMB","why":"because"}""", "catalog.unknown-member", "/purpose/why")]
    [InlineData("""{"use":"HMB","a/b~c":1}""", "catalog.unknown-member", "/purpose/a~1b~0c")]
    public void Any_other_purpose_is_refused_at_its_place(string purpose, string code, string at) =>
        Assert.Contains((code, at), FaultsOf(purpose: purpose));

    [Theory]
    [InlineData("\"biobanks\":[]", "catalog.no-biobank", "/biobanks")]
    [InlineData("\"biobanks\":[\"bbj\",\"nowhere\"]", "catalog.unknown-biobank", "/biobanks/1")]
    [InlineData("\"biobanks\":[\"bbj\",\"bbj\"]", "catalog.names", "/biobanks")]
    [InlineData("\"biobanks\":\"bbj\"", "catalog.names", "/biobanks")]
    [InlineData("\"breakdown\":[\"sex\",\"age\",\"data\"]", "catalog.names", "/breakdown")]
    [InlineData("\"breakdown\":[\"age\",\"shoes\"]", "catalog.unknown-breakdown", "/breakdown/1")]
    [InlineData("\"project\":\"theirs\"", "catalog.unknown-project", "/project")]
    [InlineData("\"project\":null", "catalog.unknown-project", "/project")]
    [InlineData("\"when\":\"now\"", "catalog.unknown-member", "/when")]
    public void What_else_a_search_says_is_closed_and_bounded(string member, string code, string at) =>
        Assert.Contains((code, at), FaultsOf(more: member));

    [Fact]
    public void A_breakdown_by_a_category_some_biobank_lists_is_read() => Assert.Empty(FaultsOf(more: "\"breakdown\":[\"smoking\",\"sex\"]"));

    [Theory]
    [InlineData("""{"all":[{"sex":"male"},{"condition":"ICD10:E12"}]}""", "/cohort/all/1/condition", "ICD10:E11")]
    [InlineData("""{"measurement":{"code":"LOINC:4549-2"}}""", "/cohort/measurement/code", "LOINC:4548-4")]
    [InlineData("""{"biosample":"dma"}""", "/cohort/biosample", "dna")]
    [InlineData("""{"attribute":{"name":"smoking","value":"nevr"}}""", "/cohort/attribute/value", "smoking=never")]
    public void A_code_nobody_lists_is_refused_with_the_nearest_one(string cohort, string at, string nearest)
    {
        var fault = Assert.Single(Read(Body(cohort)).Faults);

        Assert.Equal(("catalog.unknown-code", at, nearest), (fault.Code, fault.Pointer, fault.Allowed[0]));
    }

    [Theory]
    [InlineData("ICD10:E14")]
    [InlineData("ICD10:E10-E14")]
    [InlineData("ICD10:E00-E90")]
    public void An_ancestor_of_a_listed_code_may_be_asked_for(string code) =>
        Assert.NotNull(Read(Body($$"""{"condition":"{{code}}"}""")).Question);

    [Fact]
    public void While_a_biobank_asked_was_never_read_no_code_can_be_ruled_out()
    {
        var known = Known.With(new("new", "New", "New", null, []));
        var body = Body("""{"condition":"ICD10:E12"}""", more: "\"breakdown\":[\"shoes\"]");
        var elsewhere = Body("""{"condition":"ICD10:E12"}""", more: "\"biobanks\":[\"bbj\"]");

        Assert.NotNull(QuestionReader.Read(body, known, []).Question);
        Assert.Null(QuestionReader.Read(elsewhere, known, []).Question);
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        var faults = FaultsOf(purpose: """{"use":"HMB","country":"XX"}""", more: "\"biobanks\":[\"nowhere\"],\"breakdown\":[\"shoes\"]");

        Assert.Equal(["/biobanks/0", "/purpose/country", "/breakdown/0"], faults.Select(f => f.At));
    }

    /// <summary>Any JSON at all gives a question or faults with places in it; never both, never an exception.</summary>
    [Fact]
    public void Any_json_gives_a_question_or_faults() => Prop.ForAll(Documents.ToArbitrary(), text =>
    {
        var (question, faults) = Read(JsonElement.Parse(text));
        return question is null == faults.Count > 0 && faults.All(f => f.Pointer is "" or ['/', ..]);
    }).QuickCheckThrowOnFailure();

    private static Gen<string> Documents => Gen.Sized(Document);

    private static Gen<string> Document(int size) => size <= 1
        ? Gen.Elements("1", "null", "true", "\"\"", "\"HMB\"", "\"DS\"", "\"bbj\"", "\"\\ud800\"", "\"male\"", "[]", "{}", "\"ICD10:E11\"")
        : Gen.OneOf(
            Document(1),
            Gen.ListOf(Document(size / 3), 2).Select(members => $"[{string.Join(',', members)}]"),
            from names in Gen.Shuffle(Names)
            from count in Gen.Choose(0, 4)
            from values in Gen.ListOf(Document(size / 3), count)
            select $"{{{string.Join(',', names.Zip(values, (name, value) => $"\"{name}\":{value}"))}}}");

    private static readonly string[] Names =
        ["cohort", "purpose", "project", "breakdown", "biobanks", "use", "diseases", "country", "commercial", "sex", "all", "not", "condition", "x/y", "\\u0001"];

    private static List<(string Code, string At)> FaultsOf(string purpose = """{"use":"HMB"}""", string? more = null) =>
        [.. Read(Body("""{"sex":"male"}""", purpose, more)).Faults.Select(f => (f.Code, f.Pointer))];

    private static JsonElement Body(string cohort, string purpose = """{"use":"HMB"}""", string? more = null) =>
        JsonElement.Parse(Encoding.UTF8.GetBytes($$"""{"cohort":{{cohort}},"purpose":{{purpose}}{{(more is null ? "" : $",{more}")}}}"""));

    private static (Question? Question, IReadOnlyList<SearchFault> Faults) Read(JsonElement body) =>
        QuestionReader.Read(body, Known, ["mine"]);
}
