using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.Consent.Grants;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Npgsql;

namespace Kakehashi.Consent.Tests.Grants;

public sealed class GrantsTests(ConsentService service) : IClassFixture<ConsentService>
{
    private const string Bank = ConsentService.First;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chair_grants_access_and_the_IdBroker_reads_what_goes_into_visas()
    {
        var person = NewPerson();
        var request = Request(person) with { Purpose = new(ResearchUse.DS, ["ICD10:E11"], EthicsApproval: true) };

        var grant = await GrantedAsync(request);

        var live = Assert.Single(await LiveAsync(person));
        var url = $"{service.Issuer.Authority}/biobanks/{Bank}";
        Assert.Equal((grant.GrantId, Bank, "first", "sugar"), (live.GrantId, live.Biobank, live.Dataset, live.Project));
        Assert.Equal(($"{url}/datasets/first", $"{url}/dac"), (live.Value, live.Source));
        Assert.Equal(["ICD10:E11"], live.Purpose.Diseases);
        Assert.Equal(Rounded(grant.RecordedAt), Rounded(live.AssertedAt));
        Assert.Equal(Rounded(request.Until), Rounded(live.Until));
        Assert.Empty(await LiveAsync(NewPerson()));
        Assert.Equal("chair", await service.ScalarAsync<string>(
            "SELECT actor FROM audit_event WHERE action = 'grant.recorded' AND subject = @subject", new { subject = $"{grant.GrantId}" }));
    }

    [Fact]
    public async Task A_revoked_grant_is_in_no_visa_from_then_on_and_is_revoked_once()
    {
        var person = NewPerson();
        var grant = await GrantedAsync(Request(person));

        var first = await RevokeAsync(service.Chair("chair-2", Bank), grant.GrantId);
        var second = await RevokeAsync(service.Chair("chair", Bank), grant.GrantId);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("consent.already-revoked", await CodeAsync(second));
        Assert.Empty(await LiveAsync(person));
        Assert.Equal(["chair-2"], await ActorsAsync("grant.revoked", grant.GrantId));
    }

    [Fact]
    public async Task Revoking_at_once_succeeds_once_and_is_audited_once()
    {
        var grant = await GrantedAsync(Request(NewPerson()));

        await using var gate = await RowGate.CloseAsync(
            service.ConnectionString, $"SELECT 1 FROM access_grant WHERE access_grant_id = '{grant.GrantId}' FOR UPDATE", _ct);
        var both = Task.WhenAll(
            RevokeAsync(service.Chair("chair", Bank), grant.GrantId), RevokeAsync(service.Chair("chair-2", Bank), grant.GrantId));
        await gate.OpenWhenWaitingAsync(requests: 2, _ct);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], (await both).Select(a => a.StatusCode).Order());
        Assert.Single(await ActorsAsync("grant.revoked", grant.GrantId));
    }

    [Fact]
    public async Task A_grant_counts_from_its_beginning_to_its_end()
    {
        var person = NewPerson();
        var now = TimeProvider.System.GetUtcNow();
        await GrantedAsync(Request(person) with { From = now.AddHours(1) });

        Assert.Empty(await LiveAsync(person));
        Assert.Equal("pending", Assert.Single((await OwnAsync(person)).Grants).State);
    }

    [Theory]
    [InlineData("as-grantee")]
    [InlineData("as-member")]
    [InlineData("as-former-grantee")]
    public async Task Nobody_decides_on_their_own(string how)
    {
        var chair = NewPerson();
        var project = $"p-{NewPerson()[^12..]}";
        if (how == "as-former-grantee")
        {
            var old = await GrantedAsync(Request(chair) with { Project = project });
            await RevokeAsync(service.Chair("chair", Bank), old.GrantId);
        }

        var client = service.Client(service.FreshToken(
            chair, Roles.DacChair, [Bank], projects: how == "as-member" ? [project] : []));
        var refused = await PostAsync(client, Request(how == "as-grantee" ? [NewPerson(), chair] : [NewPerson()]) with { Project = project });

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("consent.own-grant", await CodeAsync(refused));
    }

    [Theory]
    [InlineData(Assurance.Sfa, 0)]
    [InlineData(Assurance.Mfa, 11)]
    public async Task Granting_needs_a_fresh_sign_in_with_two_factors_and_revoking_does_not(string acr, int minutes)
    {
        var stale = service.Client(service.FreshToken("chair", Roles.DacChair, [Bank], acr, TimeSpan.FromMinutes(minutes)));
        var grant = await GrantedAsync(Request(NewPerson()));

        var refused = await PostAsync(stale, Request(NewPerson()));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(StepUp.Code, await CodeAsync(refused));
        Assert.Equal(HttpStatusCode.OK, (await RevokeAsync(stale, grant.GrantId)).StatusCode);
    }

    [Fact]
    public async Task What_is_not_the_chairs_looks_like_what_does_not_exist()
    {
        var grant = await GrantedAsync(Request(NewPerson()));
        var other = service.Chair("chair", ConsentService.Second);
        var unknown = service.Chair("chair", "nowhere");

        Assert.Equal("consent.not-found", await CodeAsync(await PostAsync(other, Request(NewPerson()))));
        Assert.Equal("consent.not-found", await CodeAsync(await PostAsync(unknown, Request(NewPerson()) with { Biobank = "nowhere" })));
        Assert.Equal("consent.not-found", await CodeAsync(await RevokeAsync(other, grant.GrantId)));
        Assert.Equal("consent.not-found", await CodeAsync(await RevokeAsync(service.Chair("chair", Bank), Guid.CreateVersion7())));
        Assert.Equal("consent.not-found", await CodeAsync(await other.GetAsync($"/grants?biobank={Bank}", _ct)));

        // A steward sees the biobank's grants, but is not its committee.
        var steward = service.Client(service.FreshToken("steward", Roles.Steward, [Bank]));
        Assert.Equal(HttpStatusCode.Forbidden, (await RevokeAsync(steward, grant.GrantId)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await steward.GetAsync($"/grants?biobank={Bank}", _ct)).StatusCode);
    }

    [Fact]
    public async Task People_see_their_own_grants_and_not_who_else_has_them()
    {
        var (person, colleague) = (NewPerson(), NewPerson());
        var grant = await GrantedAsync(Request(person, colleague));

        var own = Assert.Single((await OwnAsync(person)).Grants);
        var seen = (await ReadAsync(service.Chair("chair", Bank), $"/grants?biobank={Bank}")).Grants.Single(g => g.GrantId == grant.GrantId);

        Assert.Equal((grant.GrantId, "live"), (own.GrantId, own.State));
        Assert.Equal((null, null, null), (own.People, own.DecidedBy, own.Reason));
        Assert.Equal(new[] { person, colleague }.Order(), seen.People!);
        Assert.Equal(("chair", "a good project"), (seen.DecidedBy, seen.Reason));

        await RevokeAsync(service.Chair("chair", Bank), grant.GrantId);
        Assert.Equal("revoked", Assert.Single((await OwnAsync(person)).Grants).State);
        Assert.Empty((await OwnAsync("chair")).Grants);
    }

    [Fact]
    public async Task Lists_are_read_on_page_by_page_newest_first()
    {
        var person = NewPerson();
        var first = await GrantedAsync(Request(person));
        var second = await GrantedAsync(Request(person));

        var page = await ReadAsync(Researcher(person), "/grants?limit=1");
        var rest = await ReadAsync(Researcher(person), $"/grants?limit=2&after={page.Next}");

        Assert.Equal(second.GrantId, Assert.Single(page.Grants).GrantId);
        Assert.Equal((first.GrantId, null), (Assert.Single(rest.Grants).GrantId, rest.Next));
        Assert.Equal("consent.page", await CodeAsync(await Researcher(person).GetAsync("/grants?limit=0", _ct)));
    }

    [Theory]
    [InlineData("""{"dataset": "First"}""", "consent.dataset", "/dataset")]
    [InlineData("""{"project": ""}""", "consent.project", "/project")]
    [InlineData("""{"people": []}""", "consent.people", "/people")]
    [InlineData("""{"people": ["a", "a"]}""", "consent.people", "/people")]
    [InlineData("""{"people": [""]}""", "consent.people", "/people")]
    [InlineData("""{"purpose": {"use": "DS", "diseases": []}}""", "consent.purpose", "/purpose")]
    [InlineData("""{"purpose": {"use": "GRU", "diseases": ["ICD10:E11"]}}""", "consent.purpose", "/purpose")]
    [InlineData("""{"purpose": {"use": "GRU", "diseases": [], "country": "Japan"}}""", "consent.purpose", "/purpose")]
    [InlineData("""{"until": "2020-01-01T00:00:00Z"}""", "consent.period", "/until")]
    [InlineData("""{"until": "2999-01-01T00:00:00Z"}""", "consent.period", "/until")]
    [InlineData("""{"from": "2998-01-01T00:00:00Z"}""", "consent.period", "/until")]
    [InlineData("""{"reason": " "}""", "consent.reason", "/reason")]
    public async Task A_grant_that_is_not_complete_is_refused_with_the_place_of_the_fault(string change, string code, string at)
    {
        var body = JsonSerializer.SerializeToNode(Request(NewPerson()), ServiceDefaultsExtensions.Json)!.AsObject();
        foreach (var member in JsonElement.Parse(change).EnumerateObject())
        {
            body[member.Name] = JsonSerializer.SerializeToNode(member.Value);
        }

        var refused = await service.Chair("chair", Bank).PostAsJsonAsync("/grants", body, _ct);

        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(_ct);
        Assert.Equal($"urn:kakehashi:problem:{code}", problem.GetProperty("type").GetString());
        Assert.Equal(at, problem.GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task The_IdBroker_must_say_whose_grants() =>
        Assert.Equal("consent.subject", await CodeAsync(await IdBroker().GetAsync("/grants/live", _ct)));

    [Theory]
    [InlineData("UPDATE access_grant SET valid_until = valid_until + interval '1 year'")]
    [InlineData("DELETE FROM access_grant_person")]
    [InlineData("DELETE FROM access_grant_revocation")]
    [InlineData("TRUNCATE access_grant CASCADE")]
    public async Task The_record_of_grants_is_only_added_to(string sql)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => service.ScalarAsync<int>(sql));

        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
    }

    private static string NewPerson() => $"u{Guid.CreateVersion7():N}";

    private static DateTimeOffset Rounded(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    private static RecordGrant.Request Request(params string[] people) => new(
        Bank,
        "first",
        "sugar",
        people,
        new(ResearchUse.HMB, []),
        null,
        DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddDays(90).ToUnixTimeSeconds()),
        "a good project");

    private HttpClient Researcher(string person) => service.Client(service.Token(person, Roles.Researcher));

    private HttpClient IdBroker() => service.Client(service.Token("idbroker", Roles.IdBroker));

    private Task<HttpResponseMessage> PostAsync(HttpClient client, RecordGrant.Request request) =>
        client.PostAsJsonAsync("/grants", request, ServiceDefaultsExtensions.Json, _ct);

    private Task<HttpResponseMessage> RevokeAsync(HttpClient client, Guid grantId) =>
        client.PostAsJsonAsync($"/grants/{grantId}/revocation", new RevokeGrant.Request("found wanting"), ServiceDefaultsExtensions.Json, _ct);

    private async Task<RecordGrant.Response> GrantedAsync(RecordGrant.Request request)
    {
        var answer = await PostAsync(service.Chair("chair", Bank), request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<RecordGrant.Response>(ServiceDefaultsExtensions.Json, _ct))!;
    }

    private async Task<LiveGrant[]> LiveAsync(string person) =>
        (await IdBroker().GetFromJsonAsync<LiveGrant[]>($"/grants/live?subject={person}", ServiceDefaultsExtensions.Json, _ct))!;

    private Task<ListGrants.Response> OwnAsync(string person) => ReadAsync(Researcher(person), "/grants");

    private async Task<ListGrants.Response> ReadAsync(HttpClient client, string path) =>
        (await client.GetFromJsonAsync<ListGrants.Response>(path, ServiceDefaultsExtensions.Json, _ct))!;

    private async Task<string> CodeAsync(HttpResponseMessage refused) =>
        (await refused.Content.ReadFromJsonAsync<JsonElement>(_ct)).GetProperty("type").GetString()!["urn:kakehashi:problem:".Length..];

    private async Task<string[]> ActorsAsync(string action, Guid grantId) => await service.ScalarAsync<string[]>(
        "SELECT array_agg(actor) FROM audit_event WHERE action = @action AND subject = @subject", new { action, subject = $"{grantId}" });
}
