using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kakehashi.Catalog.Searches;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kakehashi.Catalog.Tests.Searches;

public sealed class SearchTests : IAsyncLifetime
{
    private const string Diabetes = """{"cohort":{"condition":"ICD10:E11"},"purpose":{"use":"HMB"}}""";

    private readonly CatalogService _service = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task All_biobanks_answer_and_their_numbers_are_added_up()
    {
        var answer = await SearchAsync(Diabetes);

        Assert.Equal(CatalogService.Biobanks, answer.Nodes!.Select(n => n.Node));
        Assert.All(answer.Nodes!, n => Assert.Equal((CountStates.Answered, 120L), (n.State, n.Count!.Value.Value)));
        Assert.Equal(new SearchTotal(360, 3, 3, true), answer.Total);
        Assert.Equal("バイオバンクbbj", answer.Nodes![0].NameJa);
        Assert.Equal(7, answer.Nodes[0].Freshness!.ConsentSequence);
    }

    [Fact]
    public async Task A_breakdown_is_added_up_cell_by_cell_over_the_nodes_that_released_it()
    {
        _service.Nodes["tommo"].Answer = answer => answer with
        {
            Breakdown = [new(new Dictionary<string, string> { ["sex"] = "female" }, ProtectedCount.Because(WithheldReasons.Complementary)), answer.Breakdown[1]],
        };

        var answer = await SearchAsync("""{"cohort":{"condition":"ICD10:E11"},"purpose":{"use":"HMB"},"breakdown":["sex"]}""");

        Assert.Equal([("female", 100L, 2), ("male", 150L, 3)], answer.Breakdown.Select(c => (c.Keys["sex"], c.Value!.Value, c.Nodes)));
    }

    [Fact]
    public async Task Only_the_biobanks_named_are_asked()
    {
        var answer = await SearchAsync("""{"cohort":{"sex":"female"},"purpose":{"use":"HMB"},"biobanks":["tommo"]}""");

        Assert.Equal(["tommo"], answer.Nodes!.Select(n => n.Node));
        Assert.Empty(_service.Nodes["bbj"].Questions);
    }

    [Fact]
    public async Task Each_node_gets_the_question_as_written_and_a_token_for_itself_with_purpose_and_project()
    {
        var body = """{"cohort":{"not":{"not":{"condition":"ICD10:E11"}}},"purpose":{"use":"DS","diseases":["ICD10:E11"],"commercial":true},"project":"sugar"}""";

        await ReadAsync<SearchAnswer>(await PostAsync(body, _service.Researcher(null, "sugar")));

        var claims = Assert.Single(_service.Nodes["bbj"].Tokens);
        var use = Assert.Single(claims.GetProperty("authorization_details").Deserialize<UseAuthorization[]>(ServiceDefaultsExtensions.Json)!);
        Assert.Equal(("r-account", "node:bbj"), (claims.GetProperty("sub").GetString(), claims.GetProperty("aud").GetString()));
        Assert.Equal((ResearchUse.DS, true, "sugar"), (use.Purpose.Use, use.Purpose.Commercial, use.Project));
        Assert.Equal("""{"not":{"not":{"condition":"ICD10:E11"}}}""", Assert.Single(_service.Nodes["bbj"].Questions).Cohort.GetRawText());
    }

    [Fact]
    public async Task What_a_node_withholds_is_shown_with_its_reason_and_is_not_in_the_total()
    {
        _service.Nodes["bbj"].Answer = answer => answer with
        {
            State = CountStates.Withheld,
            Count = ProtectedCount.Because(WithheldReasons.BelowThreshold),
            Reasons = [new("node.below-threshold", "Fewer than 10 participants.")],
        };

        var answer = await SearchAsync(Diabetes);

        Assert.Equal(WithheldReasons.BelowThreshold, answer.Nodes![0].Count!.Value.Withheld);
        Assert.Equal("node.below-threshold", answer.Nodes[0].Reasons.Single().Code);
        Assert.Equal(new SearchTotal(240, 2, 3, false), answer.Total);
    }

    [Fact]
    public async Task When_nobody_releases_a_number_the_total_is_null_and_not_zero()
    {
        foreach (var biobank in CatalogService.Biobanks)
        {
            _service.Nodes[biobank].InsteadOfCounting = Misbehaviours.Status(HttpStatusCode.BadGateway);
        }

        var text = await (await PostAsync(Diabetes)).Content.ReadAsStringAsync(_ct);

        Assert.Contains("""{"value":null,"answered":0,"asked":3,"complete":false}""", text, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Misbehaving => new()
    {
        { "502", CountStates.Unreachable, "catalog.node-away" },
        { "404", CountStates.Unreachable, "catalog.node-away" },
        { "401", CountStates.Unreachable, "catalog.node-refused" },
        { "500", CountStates.Unreachable, "catalog.node-failed" },
        { "redirect", CountStates.Unreachable, "catalog.node-failed" },
        { "cut", CountStates.Unreachable, "catalog.node-away" },
        { "half", CountStates.Unreachable, "catalog.node-away" },
        { "garbage", CountStates.Unreachable, "catalog.bad-answer" },
        { "null", CountStates.Unreachable, "catalog.bad-answer" },
        { "empty", CountStates.Unreachable, "catalog.bad-answer" },
        { "flood", CountStates.Unreachable, "catalog.bad-answer" },
        { "deep", CountStates.Unreachable, "catalog.bad-answer" },
        { "cohort", CountStates.Unreachable, "catalog.bad-answer" },
        { "node", CountStates.Unreachable, "catalog.bad-answer" },
        { "claims-deadline", CountStates.Unreachable, "catalog.bad-answer" },
        { "negative", CountStates.Unreachable, "catalog.bad-answer" },
        { "unasked-cells", CountStates.Unreachable, "catalog.bad-answer" },
        { "no-ledger", CountStates.Unreachable, "catalog.bad-answer" },
        { "null-reason", CountStates.Unreachable, "catalog.bad-answer" },
        { "unknown-member", CountStates.Unreachable, "catalog.bad-answer" },
        { "hang", CountStates.Deadline, "catalog.deadline" },
        { "trickle", CountStates.Deadline, "catalog.deadline" },
    };

    [Theory]
    [MemberData(nameof(Misbehaving))]
    public async Task A_misbehaving_node_is_shown_as_such_and_disturbs_no_other(string how, string state, string reason)
    {
        var app = await _service.StartInstanceAsync(_ct, "--Catalog:Deadline=00:00:01");
        var expectedId = (await SearchAsync(Diabetes, app)).CohortId;
        Misbehave(_service.Nodes["jmicc"], how);

        var answer = await SearchAsync(Diabetes, app);

        var node = answer.Nodes!.Single(n => n.Node == "jmicc");
        Assert.Equal((state, reason), (node.State, node.Reasons.Single().Code));
        Assert.Equal((expectedId, null), (node.CohortId, node.Count));
        Assert.Equal(new SearchTotal(240, 2, 3, false), answer.Total);
        Assert.Equal(2, _service.Nodes["tommo"].Questions.Count); // nobody was sent on to another node

        // And the next question is answered as if nothing had happened.
        (_service.Nodes["jmicc"].InsteadOfCounting, _service.Nodes["jmicc"].Answer) = (null, a => a);
        Assert.True((await SearchAsync(Diabetes, app)).Total.Complete);
    }

    [Fact]
    public async Task Without_an_issuer_no_node_is_asked()
    {
        _service.Issuer.IsUp = false;

        var answer = await SearchAsync(Diabetes);

        Assert.All(answer.Nodes!, n => Assert.Equal("catalog.no-token", n.Reasons.Single().Code));
        Assert.Null(answer.Total.Value);
        Assert.Empty(_service.Nodes["bbj"].Questions);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_ends_the_questions_at_all_nodes()
    {
        var app = await _service.StartInstanceAsync(_ct, "--Catalog:Deadline=00:01:00");
        var ended = new TaskCompletionSource();
        _service.Nodes["bbj"].InsteadOfCounting = async context =>
        {
            context.RequestAborted.Register(ended.SetResult);
            await Misbehaviours.Hang(context);
        };
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        var search = _service.Researcher(app).PostAsync("/searches", Json(Diabetes), caller.Token);
        await Eventually.IsAsync(() => !_service.Nodes["bbj"].Questions.IsEmpty, _ct);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), _ct);
    }

    [Fact]
    public async Task As_a_stream_the_first_answer_comes_before_the_second_node_answers()
    {
        var gate = new TaskCompletionSource();
        _service.Nodes["bbj"].InsteadOfCounting = async context =>
        {
            await gate.Task.WaitAsync(context.RequestAborted);
            await PlayedNode.WriteAsync(context, _service.Nodes["bbj"].AnswerTo(_service.Nodes["bbj"].Questions.Last()));
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/searches")
        {
            Content = Json("""{"cohort":{"sex":"female"},"purpose":{"use":"HMB"},"biobanks":["bbj","tommo"]}"""),
            Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/event-stream") } },
        };

        using var answer = await _service.Researcher().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _ct);
        await using var stream = await answer.Content.ReadAsStreamAsync(_ct);
        var events = System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(_ct).GetAsyncEnumerator(_ct);
        Assert.True(await events.MoveNextAsync());
        var first = events.Current;
        gate.SetResult();
        Assert.True(await events.MoveNextAsync());
        var second = events.Current;
        Assert.True(await events.MoveNextAsync());
        var last = events.Current;

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["node", "node", "total"], new[] { first, second, last }.Select(e => e.EventType));
        Assert.Equal("tommo", Parse<NodeAnswer>(first.Data).Node);
        Assert.Equal("bbj", Parse<NodeAnswer>(second.Data).Node);
        Assert.Equal(new SearchTotal(240, 2, 2, true), Parse<SearchAnswer>(last.Data).Total);
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task A_refusal_is_a_problem_even_when_a_stream_was_wanted()
    {
        var client = _service.Researcher();
        client.DefaultRequestHeaders.Accept.Add(new("text/event-stream"));

        var answer = await PostAsync("""{"cohort":{"sex":"f"},"purpose":{"use":"HMB"}}""", client);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("""{"cohort":{"all":[{"sex":"male"},{"age":{"from":70,"to":50}}]},"purpose":{"use":"HMB"}}""", "cohort.reversed-range", "/cohort/all/1/age")]
    [InlineData("""{"cohort":{"condition":"ICD10:E12"},"purpose":{"use":"HMB"}}""", "catalog.unknown-code", "/cohort")]
    [InlineData("""{"cohort":{"sex":"male"},"purpose":{"use":"DS"}}""", "catalog.purpose-diseases", "/purpose/diseases")]
    [InlineData("""{"cohort":{"sex":"male"},"purpose":{"use":"HMB"},"project":"not-mine"}""", "catalog.unknown-project", "/project")]
    public async Task A_question_that_breaks_a_rule_is_refused_with_its_place_and_asks_nobody(string body, string code, string at)
    {
        var answer = await PostAsync(body);

        var problem = await ReadAsync<JsonElement>(answer);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal($"urn:kakehashi:problem:{code}", problem.GetProperty("type").GetString());
        Assert.StartsWith(at, problem.GetProperty("pointer").GetString(), StringComparison.Ordinal);
        Assert.True(problem.GetProperty("faults").GetArrayLength() > 0);
        Assert.Empty(_service.Nodes["bbj"].Questions);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest, "request.malformed")]
    [InlineData("", HttpStatusCode.BadRequest, "request.invalid")]
    [InlineData("""{"cohort":{"sex":"male"},"cohort":{"sex":"female"},"purpose":{"use":"HMB"}}""", HttpStatusCode.BadRequest, "request.malformed")]
    [InlineData("""{"cohort":{"sex":"male"},"purpose":{"use":"HMB"},"\ud800":1}""", HttpStatusCode.BadRequest, "request.malformed")]
    [InlineData("""{"cohort":{"sex":"male"},"purpose":{"use":"\ud800"}}""", HttpStatusCode.UnprocessableEntity, "catalog.purpose-use")]
    [InlineData("""{"cohort":{"sex":"\ud800"},"purpose":{"use":"HMB"}}""", HttpStatusCode.UnprocessableEntity, "cohort.lone-surrogate")]
    [InlineData("[]", HttpStatusCode.UnprocessableEntity, "catalog.wrong-type")]
    public async Task A_body_that_is_not_the_agreed_json_is_refused(string body, HttpStatusCode status, string code)
    {
        var answer = await PostAsync(body);

        Assert.Equal((status, $"urn:kakehashi:problem:{code}"), (answer.StatusCode, (await ReadAsync<JsonElement>(answer)).GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_body_that_is_too_deep_or_too_large_is_refused()
    {
        var deep = await PostAsync($$"""{"cohort":{{new string('[', 10_000)}}""");
        var large = await PostAsync($$"""{"cohort":"{{new string('x', 200_000)}}"}""");
        var text = await _service.Researcher().PostAsync("/searches", new StringContent(Diabetes, Encoding.UTF8, "text/plain"), _ct);

        Assert.Equal(HttpStatusCode.BadRequest, deep.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, text.StatusCode);
    }

    private static void Misbehave(PlayedNode node, string how)
    {
        node.InsteadOfCounting = how switch
        {
            "garbage" => Misbehaviours.Say("<html>it works!</html>"),
            "null" => Misbehaviours.Say("null"),
            "empty" => Misbehaviours.Say(""),
            "deep" => Misbehaviours.Say(new string('[', 100_000)),
            "cut" => Misbehaviours.Cut,
            "half" => Misbehaviours.Half,
            "flood" => Misbehaviours.Flood,
            "hang" => Misbehaviours.Hang,
            "trickle" => Misbehaviours.Trickle,
            "redirect" => Misbehaviours.Redirect,
            "unknown-member" => context => SayMoreAsync(context, node, "\"more\":1"),
            _ when int.TryParse(how, out var status) => Misbehaviours.Status((HttpStatusCode)status),
            _ => null,
        };
        node.Answer = how switch
        {
            "cohort" => a => a with { CohortId = new('0', 64) },
            "node" => a => a with { Node = "tommo" },
            "claims-deadline" => a => a with { State = CountStates.Deadline, Count = null },
            "negative" => a => a with { Count = ProtectedCount.Released(-10) },
            "unasked-cells" => a => a with { Breakdown = [new(new Dictionary<string, string> { ["sex"] = "male" }, ProtectedCount.Released(10))] },
            "no-ledger" => a => a with { LedgerIndex = null },
            "null-reason" => a => a with { Count = ProtectedCount.Because(null!) },
            _ => a => a,
        };
        if (how == "null-reason")
        {
            node.InsteadOfCounting = context => SayInsteadAsync(context, node, """{"value":120}""", """{"withheld":null}""");
        }
    }

    private static Task SayMoreAsync(HttpContext context, PlayedNode node, string member) =>
        SayInsteadAsync(context, node, "{\"node\"", $"{{{member},\"node\"");

    private static Task SayInsteadAsync(HttpContext context, PlayedNode node, string old, string instead)
    {
        node.Answer = a => a;
        var text = JsonSerializer.Serialize(node.AnswerTo(node.Questions.Last()), ServiceDefaultsExtensions.Json);
        return context.Response.WriteAsync(text.Replace(old, instead, StringComparison.Ordinal), context.RequestAborted);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static T Parse<T>(string json) => JsonSerializer.Deserialize<T>(json, ServiceDefaultsExtensions.Json)!;

    private Task<HttpResponseMessage> PostAsync(string body, HttpClient? client = null) =>
        (client ?? _service.Researcher()).PostAsync("/searches", Json(body), _ct);

    private async Task<SearchAnswer> SearchAsync(string body, WebApplication? app = null)
    {
        var answer = await PostAsync(body, _service.Researcher(app));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await ReadAsync<SearchAnswer>(answer);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer) => Parse<T>(await answer.Content.ReadAsStringAsync(_ct));
}
