using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.Node.Index;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kakehashi.Node.Tests.Counts;

public sealed class CountCohortTests : IAsyncLifetime
{
    private const string Diabetes = """{"condition": "ICD10:E11"}""";
    private const string PermitAll = "HMB;commercial;abroad";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TestNode _node = null!;

    // 40 women and 27 men with diabetes (3 of the men in their thirties), 8 without consent, 5 for ancestry research only, 30 without diabetes.
    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync([
        .. People("F", 40, "female", 55, PermitAll, "E11.9", "7.1", "dna"),
        .. People("M", 24, "male", 65, "GRU", "E11", "6.0", "dna;serum"),
        .. People("Y", 3, "male", 35, "HMB", "E11", "", "dna"),
        .. People("N", 8, "male", 65, "", "E11", "9.0", "dna"),
        .. People("A", 5, "female", 45, "POA", "E11", "", "", "ancestry"),
        .. People("H", 30, "female", 55, PermitAll, "", "5.2", "serum"),
    ]);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_count_holds_whom_terms_and_consent_allow_rounded()
    {
        _node.HearFromConsent();

        var answer = await _node.CountAsync(Diabetes);

        Assert.Equal(CountStates.Answered, answer.State);
        Assert.Equal(70, answer.Count!.Value.Value); // 67 of 80
        Assert.Equal("terms.purpose-not-covered", Assert.Single(answer.Reasons).Code); // the ancestry dataset
        Assert.Equal(new DateOnly(2026, 4, 1), answer.Freshness!.DataDate);
    }

    [Fact]
    public async Task Commercial_use_and_use_abroad_count_only_who_permits_them()
    {
        _node.HearFromConsent();

        Assert.Equal(40, (await _node.CountAsync(Diabetes, TestNode.Purpose with { Commercial = true })).Count!.Value.Value);
        Assert.Equal(40, (await _node.CountAsync(Diabetes, TestNode.Purpose with { Country = "US" })).Count!.Value.Value);
    }

    [Fact]
    public async Task A_purpose_that_the_terms_deny_or_leave_to_people_is_not_counted()
    {
        _node.HearFromConsent();

        var denied = await _node.CountAsync(Diabetes, TestNode.Purpose with { Use = ResearchUse.GRU });
        var asked = await _node.CountAsync(Diabetes, TestNode.Purpose with { EthicsApproval = false });

        Assert.Equal((CountStates.Denied, null), (denied.State, denied.Count));
        Assert.Equal((CountStates.NeedsDecision, null), (asked.State, asked.Count));
        Assert.Contains(asked.Reasons, reason => reason.Code == "terms.ethics-approval");
    }

    [Fact]
    public async Task A_small_number_is_withheld_with_its_reason_and_is_never_zero()
    {
        _node.HearFromConsent();

        var few = await _node.CountAsync("""{"all": [{"condition": "ICD10:E11"}, {"age": {"from": 30, "to": 40}}]}""");
        var nobody = await _node.CountAsync("""{"condition": "ICD10:F00"}""");

        Assert.All([few, nobody], answer =>
        {
            Assert.Equal(CountStates.Withheld, answer.State);
            Assert.Equal(WithheldReasons.BelowThreshold, answer.Count!.Value.Withheld);
            Assert.Null(answer.Count.Value.Value);
        });
        Assert.Equal(Comparable(few), Comparable(nobody)); // a rare condition and an absent one look the same

        static string Comparable(CountAnswer answer) =>
            JsonSerializer.Serialize(answer with { CohortId = "", LedgerIndex = null, ElapsedMs = 0 });
    }

    [Fact]
    public async Task A_breakdown_withholds_small_cells_and_what_would_give_them_away()
    {
        _node.HearFromConsent();

        var cells = (await _node.CountAsync(Diabetes, null, "sex", "age")).Breakdown
            .ToDictionary(c => (c.Keys["sex"], c.Keys["age"]), c => c.Count);

        Assert.Equal(WithheldReasons.BelowThreshold, cells[("male", "30-39")].Withheld);
        Assert.Equal(WithheldReasons.Complementary, cells[("male", "60-69")].Withheld);
        Assert.DoesNotContain(cells.Values, count => count.Value == 0);
    }

    [Fact]
    public async Task Categories_that_the_question_rules_out_are_not_listed()
    {
        _node.HearFromConsent();

        var answer = await _node.CountAsync("""{"all": [{"sex": "female"}, {"age": {"from": 50, "to": 65}}]}""", null, "sex", "age");

        Assert.Equal(["50-59", "60-69"], answer.Breakdown.Select(c => c.Keys["age"]));
        Assert.Equal(["female"], answer.Breakdown.Select(c => c.Keys["sex"]).Distinct());
    }

    [Theory]
    [InlineData("LOINC:4548-4 step 1", 5)]
    [InlineData("ICD10:E11", 2)]
    [InlineData("biosample", 2)]
    [InlineData("dataset", 2)]
    public async Task A_count_can_be_broken_down_by_any_variable_the_biobank_holds(string by, int cells)
    {
        _node.HearFromConsent();

        Assert.Equal(cells, (await _node.CountAsync("""{"age": {"from": 20}}""", null, by)).Breakdown.Count);
    }

    [Theory]
    [InlineData("""{"data": "wgs"}""", "")]
    [InlineData("""{"any": [{"sex": "male"}, {"condition": "SNOMED:44054006"}]}""", "/any/1")]
    [InlineData("""{"not": {"measurement": {"code": "LOINC:2093-3"}}}""", "/not")]
    [InlineData("""{"variant": {"rs": "rs671"}}""", "")]
    [InlineData("""{"enrolled": {"from": "2020-01-01"}}""", "")]
    public async Task What_the_biobank_does_not_hold_is_said_and_never_counted_as_nobody(string cohort, string at)
    {
        _node.HearFromConsent();

        var answer = await _node.CountAsync(cohort);

        Assert.Equal((CountStates.NotHeld, null), (answer.State, answer.Count));
        Assert.StartsWith(at, Assert.Single(answer.Missing), StringComparison.Ordinal);
        Assert.Contains(answer.Reasons, reason => reason.Code == "node.not-held");
    }

    [Fact]
    public async Task A_range_is_understood_in_any_unit_of_the_measurement()
    {
        _node.HearFromConsent();

        var percent = await _node.CountAsync("""{"measurement": {"code": "LOINC:4548-4", "from": 6.5, "unit": "%"}}""");
        var other = await _node.CountAsync("""{"measurement": {"code": "LOINC:4548-4", "from": 6.5, "unit": "kg"}}""");

        Assert.Equal(40, percent.Count!.Value.Value);
        Assert.Equal(CountStates.NotHeld, other.State);
        Assert.Equal("node.other-unit", Assert.Single(other.Reasons).Code);
    }

    [Fact]
    public async Task Who_withdraws_is_in_no_answer_from_then_on()
    {
        _node.HearFromConsent();
        Assert.Equal(40, (await _node.CountAsync("""{"all": [{"sex": "female"}, {"condition": "ICD10:E11"}]}""")).Count!.Value.Value);
        var key = ReferenceKey.OpenOrCreate(Path.Combine(_node.Folder.FullName, "data", "reference.key"));

        _node.HearFromConsent([.. Enumerable.Range(0, 31).Select(i =>
            new ConsentChange(i + 1, key.ReferenceOf($"F{i}"), "withdrawn", DateTimeOffset.UnixEpoch))]);
        var after = await _node.CountAsync("""{"all": [{"sex": "female"}, {"condition": "ICD10:E11"}]}""");

        Assert.Equal(CountStates.Withheld, after.State);
        Assert.Equal(31, after.Freshness!.ConsentSequence);

        await _node.RunAsync(); // and after a restart, from the snapshot and the replica
        _node.HearFromConsent();
        Assert.Equal(CountStates.Withheld, (await _node.CountAsync("""{"all": [{"sex": "female"}, {"condition": "ICD10:E11"}]}""")).State);
    }

    [Fact]
    public async Task Without_word_from_consent_the_node_refuses()
    {
        var answer = await _node.CountAsync(Diabetes);

        Assert.Equal((CountStates.ConsentStale, null), (answer.State, answer.Count));
    }

    [Fact]
    public async Task Every_answer_is_on_record_before_it_leaves_and_the_record_names_no_literal()
    {
        _node.HearFromConsent();

        var answer = await _node.CountAsync("""{"measurement": {"code": "LOINC:4548-4", "from": 6.123, "unit": "%"}}""", null, "sex");

        var ledger = _node.App.Services.GetRequiredService<LedgerFile>();
        var text = Encoding.UTF8.GetString((await ledger.ReadAsync(answer.LedgerIndex!.Value, 1, 1 << 16, _ct))[0]);
        var usage = JsonSerializer.Deserialize<UsageEvent>(text, ServiceDefaults.ServiceDefaultsExtensions.Json)!;
        Assert.Equal(("sato", "Example University", "project-1", CountStates.Answered), (usage.Subject, usage.Organisation, usage.Project, usage.Outcome));
        Assert.Equal(answer.CohortId, usage.CohortId);
        Assert.Equal(["measurement LOINC:4548-4", "by sex"], usage.Variables);
        Assert.Equal(answer.Breakdown.Count(c => c.Count.Value is not null) + 1, usage.CellsReleased);
        Assert.DoesNotContain("6.123", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_ledger_there_is_no_answer()
    {
        _node.HearFromConsent();
        await _node.App.Services.GetRequiredService<LedgerFile>().DisposeAsync();

        using var answer = await _node.SendAsync(Diabetes, _node.TokenFor(TestNode.Purpose));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync(_ct);
        Assert.Contains("node.ledger-unavailable", body, StringComparison.Ordinal);
        Assert.DoesNotContain("70", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"conditon": "ICD10:E11"}""", "cohort.unknown-member", "/cohort/conditon")]
    [InlineData("""{"all": [{"age": {"from": 70, "to": 50}}]}""", "cohort.reversed-range", "/cohort/all/0/age")]
    public async Task A_cohort_that_cannot_be_read_is_refused_with_its_place(string cohort, string code, string at)
    {
        using var answer = await _node.SendAsync(cohort, _node.TokenFor(TestNode.Purpose));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(_ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal($"urn:kakehashi:problem:{code}", problem.GetProperty("type").GetString());
        Assert.StartsWith(at, problem.GetProperty("pointer").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_a_researchers_token_for_this_node_and_a_purpose_opens_it()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_node.Issuer.Token("sato", Audiences.Platform, [Roles.Researcher])));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_node.Issuer.Token("sato", Audiences.Node("other"), [Roles.Researcher])));
        foreach (var role in (string[])[Roles.Catalog, Roles.Consent, Roles.Steward, Roles.Auditor, Roles.Operator, Roles.Participant, Roles.Node, Roles.Researcher])
        {
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(_node.TokenOf(role)));
        }

        async Task<HttpStatusCode> StatusAsync(string? token)
        {
            using var answer = await _node.SendAsync(Diabetes, token);
            return answer.StatusCode;
        }
    }

    [Fact]
    public void Every_route_names_its_policy_or_is_listed_here_as_public()
    {
        var open = ((IEndpointRouteBuilder)_node.App).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetOrderedMetadata<IAuthorizeData>().All(a => a.Policy is null));

        Assert.Equal(["/health"], open.Select(route => route.RoutePattern.RawText));
    }

    private static IEnumerable<string> People(
        string prefix, int count, string sex, int age, string permissions, string condition, string hba1c, string biosamples, string dataset = "main") =>
        Enumerable.Range(0, count).Select(i =>
            $"{prefix}{i},{sex},{age},{dataset},{permissions},{(condition.Length == 0 ? "" : $"ICD10:{condition}")},{hba1c},{biosamples}");
}
