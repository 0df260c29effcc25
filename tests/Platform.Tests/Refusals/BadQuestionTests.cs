using System.Net;
using System.Text;
using Kakehashi.Contracts;

namespace Kakehashi.Platform.Tests.Refusals;

/// <summary>Each way in which a question can be wrong has its own code, points at the fault, and changes nothing else.</summary>
[Collection<DemoPlatformTests>]
public sealed class BadQuestionTests(DemoPlatform demo) : IAsyncDisposable
{
    private const string Purpose = """{"use":"HMB","ethicsApproval":true}""";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string?> Faults => new()
    {
        { """{"all":[{"condition":"ICD10:E11"},{"conditon":"ICD10:E10"}]}""", "cohort.unknown-member", "/cohort/all/1/conditon" },
        { """{"condition":"ICD10:Z99"}""", "catalog.unknown-code", "/cohort/condition" },
        { """{"condition":"ICD11:5A11"}""", "cohort.unknown-code-system", "/cohort/condition" },
        { """{"condition":"diabetes"}""", "cohort.malformed-code", "/cohort/condition" },
        { """{"all":[{"sex":"female"},{"age":{"from":70,"to":50}}]}""", "cohort.reversed-range", "/cohort/all/1/age" },
        { """{"age":{"from":50,"to":50}}""", "cohort.empty-range", "/cohort/age" },
        { """{"age":{"from":"50"}}""", "cohort.wrong-type", "/cohort/age/from" },
        { """{"measurement":{"code":"LOINC:4548-4","from":6.5}}""", "cohort.missing-unit", "/cohort/measurement" },
        { """{"measurement":{"code":"LOINC:4548-4","from":6.5,"unit":"per cent"}}""", "cohort.malformed-unit", "/cohort/measurement/unit" },
        { """{"measurement":{"code":"LOINC:4548-5","from":6.5,"unit":"%"}}""", "cohort.wrong-check-digit", "/cohort/measurement/code" },
        { """{"sex":"woman"}""", "cohort.unknown-value", "/cohort/sex" },
        { """{"all":[]}""", "cohort.empty-list", "/cohort/all" },
        { "{}", "cohort.empty-criterion", "/cohort" },
        { Nested(17), "cohort.too-deep", null },
        { Wide(257), "cohort.too-many-leaves", null },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_cohort_with_a_fault_is_refused_with_the_place_of_it(string cohort, string code, string? at)
    {
        var reply = await AskAsync($$"""{"cohort":{{cohort}},"purpose":{{Purpose}}}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (reply.Status, reply.Code()));
        Assert.False(string.IsNullOrWhiteSpace(reply.Member("detail")), "It does not say what is allowed.");
        if (at is not null)
        {
            Assert.Equal(at, reply.Member("pointer"));
        }
    }

    [Theory]
    [InlineData("""{"use":"research"}""", "catalog.purpose-use", "/purpose/use")]
    [InlineData("""{"use":"DS"}""", "catalog.purpose-diseases", "/purpose/diseases")]
    [InlineData("""{"use":"HMB","diseases":["ICD10:E11"]}""", "catalog.purpose-diseases", "/purpose/diseases")]
    [InlineData("""{"use":"HMB","country":"Japan"}""", "catalog.purpose-country", "/purpose/country")]
    [InlineData("""{"use":"HMB","commercial":"no"}""", "catalog.wrong-type", "/purpose/commercial")]
    [InlineData("""{"use":"HMB","profit":false}""", "catalog.unknown-member", "/purpose/profit")]
    [InlineData("""{}""", "catalog.missing-member", "/purpose/use")]
    public async Task A_purpose_with_a_fault_is_refused_with_the_place_of_it(string purpose, string code, string at)
    {
        var reply = await AskAsync($$$"""{"cohort":{"sex":"female"},"purpose":{{{purpose}}}}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code, at), (reply.Status, reply.Code(), reply.Member("pointer")));
        Assert.False(string.IsNullOrWhiteSpace(reply.Member("detail")));
    }

    [Theory]
    [InlineData("""{"breakdown":["height"]}""", "catalog.unknown-breakdown", "/breakdown/0")]
    [InlineData("""{"breakdown":["sex","age","data"]}""", "catalog.names", "/breakdown")]
    [InlineData("""{"biobanks":["ukb"]}""", "catalog.unknown-biobank", "/biobanks/0")]
    [InlineData("""{"biobanks":[]}""", "catalog.no-biobank", "/biobanks")]
    [InlineData("""{"limit":5}""", "catalog.unknown-member", "/limit")]
    public async Task Any_other_member_with_a_fault_is_refused_with_the_place_of_it(string members, string code, string at)
    {
        var reply = await AskAsync($$"""{"cohort":{"sex":"female"},"purpose":{{Purpose}},{{members[1..^1]}}}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code, at), (reply.Status, reply.Code(), reply.Member("pointer")));
    }

    [Theory]
    [InlineData("""{"cohort":{"sex":"female"},""")]
    [InlineData("""{"cohort":{"sex":"female"},"purpose":{"use":"HMB"}} {}""")]
    [InlineData("""{"cohort":{"sex":"female"},"cohort":{"sex":"male"},"purpose":{"use":"HMB"}}""")]
    [InlineData("not JSON")]
    public async Task What_is_not_one_JSON_object_is_refused_as_malformed_with_the_place_where_reading_ended(string body)
    {
        var reply = await AskAsync(body);

        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), (reply.Status, reply.Code()));
        Assert.Equal("1", reply.Member("line"));
        Assert.NotNull(reply.Member("position"));
    }

    [Fact]
    public async Task No_body_is_no_question()
    {
        var reply = await AskAsync("");

        Assert.Equal((HttpStatusCode.BadRequest, "request.invalid"), (reply.Status, reply.Code()));
    }

    [Fact]
    public async Task Ten_thousand_brackets_are_refused_as_malformed()
    {
        var reply = await AskAsync($$$"""{"cohort":{{{new string('[', 10_000)}}}{{{new string(']', 10_000)}}},"purpose":{"use":"HMB"}}""");

        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), (reply.Status, reply.Code()));
    }

    [Theory]
    [InlineData(200_000, "request.too-large")]
    [InlineData(2_000_000, "gateway.body-too-large")]
    public async Task A_body_that_is_too_large_is_refused(int bytes, string code)
    {
        var reply = await AskAsync($$"""{"cohort":{"sex":"female"},"purpose":{{Purpose}},"padding":"{{new string('x', bytes)}}"}""");

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, code), (reply.Status, reply.Code()));
    }

    [Fact]
    public async Task A_body_that_does_not_say_it_is_JSON_is_refused()
    {
        using var content = new StringContent(new Question(Question.Everybody).ToJson(), Encoding.UTF8, "text/plain");

        var reply = await demo.Platform.SendAsync(
            HttpMethod.Post, "api/catalog/searches", await demo.Platform.TokenAsync("sato", _ct), content, _ct);

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "request.not-json"), (reply.Status, reply.Code()));
    }

    [Fact]
    public async Task A_unit_that_measures_something_else_is_not_counted_but_said()
    {
        var answer = await demo.Platform.SearchAsync(
            new("""{"measurement":{"code":"LOINC:4548-4","from":6.5,"unit":"kg"}}""") { Biobanks = ["bbj"] }, _ct);

        var node = Assert.Single(answer.Nodes!);
        Assert.Equal((CountStates.NotHeld, "node.other-unit", null), (node.State, Assert.Single(node.Reasons).Code, node.Count));
        Assert.Single(node.Missing);
    }

    [Fact]
    public async Task A_mistyped_code_is_answered_with_the_nearest_ones()
    {
        var reply = await AskAsync($$$"""{"cohort":{"condition":"ICD10:E1l"},"purpose":{{{Purpose}}}}""");
        var near = await AskAsync($$$"""{"cohort":{"biosample":"dns"},"purpose":{{{Purpose}}}}""");

        Assert.Equal("cohort.malformed-code", reply.Code());
        Assert.Equal("catalog.unknown-code", near.Code());
        Assert.Contains("dna", near.Member("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_of_a_question_are_listed_at_once()
    {
        var reply = await AskAsync(
            """{"cohort":{"all":[{"sex":"woman"},{"age":{"from":70,"to":50}}]},"purpose":{"use":"X"},"breakdown":["height"]}""");

        var faults = reply.Json().GetProperty("faults").EnumerateArray().Select(fault => fault.GetProperty("code").GetString()).ToList();
        Assert.Equal(
            ["catalog.purpose-use", "catalog.unknown-breakdown", "cohort.reversed-range", "cohort.unknown-value"],
            faults.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("GET", "api/catalog/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "api/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "nodes/bbj/counts", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "api/catalog/searches", HttpStatusCode.MethodNotAllowed)]
    public async Task An_address_that_does_not_exist_is_a_problem_too(string method, string path, HttpStatusCode status)
    {
        var reply = await demo.Platform.SendAsync(new(method), path, await demo.Platform.TokenAsync("sato", _ct), null, _ct);

        Assert.Equal(status, reply.Status);
        Assert.NotEmpty(reply.Code());
    }

    /// <summary>After each refusal, a good question is answered as ever.</summary>
    public async ValueTask DisposeAsync()
    {
        var answer = await demo.Platform.SearchAsync(new(Question.Everybody), _ct);
        Assert.True(answer.Total.Complete);
    }

    private Task<Reply> AskAsync(string body) => demo.Platform.PostAsync("sato", "api/catalog/searches", body, _ct);

    private static string Nested(int depth) =>
        string.Concat(Enumerable.Repeat("""{"not":""", depth)) + """{"sex":"female"}""" + new string('}', depth);

    private static string Wide(int leaves)
    {
        var different = Enumerable.Range(0, leaves).Select(i => $$$"""{"measurement":{"code":"LOINC:4548-4","from":{{{i}}},"unit":"%"}}""");
        return $$"""{"any":[{{string.Join(',', different)}}]}""";
    }
}
