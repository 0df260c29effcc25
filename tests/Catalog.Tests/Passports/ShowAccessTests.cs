using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.Catalog.Passports;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Catalog.Tests.Passports;

public sealed class ShowAccessTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly CatalogService _service = new();

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task The_callers_passport_is_shown_to_every_node_and_each_answers_for_itself()
    {
        var until = DateTimeOffset.UnixEpoch.AddYears(60);
        var visa = _service.Issuer.Grant("sato", "https://bbj.example", "first");
        _service.Issuer.GivePassport("sato", visa);
        _service.Nodes["bbj"].Access = new(
            "bbj",
            [new("first", "https://bbj.example/datasets/first", AccessDecisions.Permit, until, [])],
            [new(0, "visa.expired", "It has expired.")]);

        var answer = await AskAsync("sato", "/access?seconds=60");

        Assert.Equal(CatalogService.Biobanks, answer.Biobanks.Select(b => b.Biobank));
        var bbj = answer.Biobanks[0];
        Assert.Equal((CountStates.Answered, "Biobank bbj", "バイオバンクbbj"), (bbj.State, bbj.Name, bbj.NameJa));
        Assert.Equal((AccessDecisions.Permit, until), (bbj.Datasets.Single().Decision, bbj.Datasets.Single().Until));
        Assert.Equal("visa.expired", bbj.Refused.Single().Code);
        Assert.All(answer.Biobanks.Skip(1), b => Assert.Equal("access.no-grant", b.Datasets.Single().Reasons.Single().Code));
        var shown = Assert.Single(_service.Nodes["tommo"].Passports);
        Assert.Equal(60, shown.Seconds);
        var passport = CompactJws.Read(shown.Passport.GetString()!, out _)!;
        Assert.Equal(VisaWords.PassportType, passport.Type);
        Assert.Equal(visa, JsonElement.Parse(passport.Payload).GetProperty(VisaWords.PassportClaim)[0].GetString());
    }

    [Fact]
    public async Task A_passport_is_asked_for_anew_each_time()
    {
        _service.Issuer.GivePassport("sato", "one");
        await AskAsync("sato");
        _service.Issuer.GivePassport("sato");
        await AskAsync("sato");

        var last = _service.Nodes["bbj"].Passports.Last().Passport.GetString()!;
        Assert.Equal(0, JsonElement.Parse(CompactJws.Read(last, out _)!.Payload).GetProperty(VisaWords.PassportClaim).GetArrayLength());
    }

    [Fact]
    public async Task Who_releases_no_visas_is_told_so_and_no_node_is_asked()
    {
        using var refused = await Client("nobody").GetAsync("/access", _ct);

        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(_ct);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("urn:kakehashi:problem:catalog.no-passport", problem.GetProperty("type").GetString());
        Assert.Contains("access_denied", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(_service.Nodes["bbj"].Passports);
    }

    [Fact]
    public async Task While_the_issuer_is_away_nothing_is_claimed()
    {
        var client = Client("sato"); // a token from before
        Assert.Equal(HttpStatusCode.Conflict, (await client.GetAsync("/access", _ct)).StatusCode); // the issuer's keys are known now
        _service.Issuer.IsUp = false;

        using var refused = await client.GetAsync("/access", _ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    public static TheoryData<string, string, string> Misbehaving => new()
    {
        { "502", CountStates.Unreachable, "catalog.node-away" },
        { "403", CountStates.Unreachable, "catalog.node-refused" },
        { "400", CountStates.Unreachable, "catalog.node-failed" },
        { "cut", CountStates.Unreachable, "catalog.node-away" },
        { "hang", CountStates.Deadline, "catalog.deadline" },
        { "garbage", CountStates.Unreachable, "catalog.bad-answer" },
        { "other-node", CountStates.Unreachable, "catalog.bad-answer" },
        { "twice", CountStates.Unreachable, "catalog.bad-answer" },
        { "permit-without-end", CountStates.Unreachable, "catalog.bad-answer" },
        { "deny-without-reason", CountStates.Unreachable, "catalog.bad-answer" },
        { "deny-until", CountStates.Unreachable, "catalog.bad-answer" },
        { "maybe", CountStates.Unreachable, "catalog.bad-answer" },
    };

    [Theory]
    [MemberData(nameof(Misbehaving))]
    public async Task A_node_that_gives_no_usable_answer_is_shown_as_such_and_the_others_still_answer(string how, string state, string code)
    {
        _service.Issuer.GivePassport("sato");
        Misbehave(_service.Nodes["jmicc"], how);
        var app = await _service.StartInstanceAsync(_ct, "--Catalog:Deadline=00:00:01");
        await Eventually.IsAsync(async () => (await _service.BiobanksAsync(app, _ct)).All(b => b.VariablesAt is not null), _ct);

        var answer = (await _service.Client(_service.Token("sato", Roles.Researcher), app)
            .GetFromJsonAsync<ShowAccess.Response>("/access", ServiceDefaultsExtensions.Json, _ct))!;

        var jmicc = answer.Biobanks.Single(b => b.Biobank == "jmicc");
        Assert.Equal((state, code), (jmicc.State, jmicc.Reasons.Single().Code));
        Assert.Empty(jmicc.Datasets);
        Assert.All(answer.Biobanks.Where(b => b.Biobank != "jmicc"), b => Assert.Equal(CountStates.Answered, b.State));
    }

    [Fact]
    public async Task Access_is_asked_for_at_most_a_year_ahead()
    {
        using var refused = await Client("sato").GetAsync("/access?seconds=40000000", _ct);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private static void Misbehave(PlayedNode node, string how)
    {
        var denied = node.Access.Datasets[0];
        node.InsteadOfDeciding = how switch
        {
            "hang" => Misbehaviours.Hang,
            "cut" => Misbehaviours.Cut,
            "garbage" => Misbehaviours.Say("{\"node\":"),
            _ when int.TryParse(how, out var status) => Misbehaviours.Status((HttpStatusCode)status),
            _ => null,
        };
        node.Access = how switch
        {
            "other-node" => node.Access with { Node = "bbj" },
            "twice" => node.Access with { Datasets = [denied, denied] },
            "permit-without-end" => node.Access with { Datasets = [denied with { Decision = AccessDecisions.Permit, Reasons = [] }] },
            "deny-without-reason" => node.Access with { Datasets = [denied with { Reasons = [] }] },
            "deny-until" => node.Access with { Datasets = [denied with { Until = DateTimeOffset.UnixEpoch }] },
            "maybe" => node.Access with { Datasets = [denied with { Decision = "maybe" }] },
            _ => node.Access,
        };
    }

    private HttpClient Client(string person) => _service.Client(_service.Token(person, Roles.Researcher));

    private async Task<ShowAccess.Response> AskAsync(string person, string path = "/access") =>
        (await Client(person).GetFromJsonAsync<ShowAccess.Response>(path, ServiceDefaultsExtensions.Json, _ct))!;
}
