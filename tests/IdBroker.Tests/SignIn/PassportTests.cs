using System.Net;
using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Passports;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Kakehashi.IdBroker.Tests.SignIn;

/// <summary>Consent is played here by an endpoint with its contract; the real one takes part in the platform's own tests.</summary>
public sealed class PassportTests : IAsyncLifetime
{
    private const string Scope = "openid profile ga4gh_passport_v1";

    private readonly TestBroker _broker = new();
    private WebApplication _consent = null!;
    private List<LiveGrant>? _grants = [];
    private string? _askedWith;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _consent = builder.Build();
        _consent.MapGet("/grants/live", (HttpRequest request, string subject) =>
        {
            _askedWith = request.Headers.Authorization.ToString()["Bearer ".Length..];
            return _grants is null ? Results.StatusCode(503) : Results.Json(_grants.Where(_ => subject == "ito"), ServiceDefaultsExtensions.Json);
        });
        await _consent.StartAsync(Ct);
        _broker.Settings.Add($"--IdBroker:ConsentUrl={_consent.Urls.Single()}/");
        await _broker.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _consent.DisposeAsync();
    }

    [Fact]
    public async Task A_passport_carries_the_live_grants_of_committees()
    {
        var until = _broker.Clock.GetUtcNow().AddMinutes(20);
        _grants = [Grant("wgs", until), Grant("array", until.AddDays(30))];
        var token = await TokenAsync();

        var (status, body) = await PassportAsync(token);

        Assert.Equal((HttpStatusCode.OK, "N_A", VisaWords.PassportTokenType), (status, body.Text("token_type"), body.Text("issued_token_type")));
        var passport = CompactJws.Read(body.Text("access_token")!, out _)!;
        Assert.Equal((VisaWords.PassportType, "ES256"), (passport.Type, passport.Algorithm));
        Assert.Equal(Audiences.Platform, TestApp.ClaimsOf(body.Text("access_token")!).Text("aud"));
        var visas = VisasOf(body.Text("access_token")!);
        var first = TestApp.ClaimsOf(visas[0]);
        Assert.Equal(
            ("ControlledAccessGrants", "https://bbj.example/datasets/wgs", "https://bbj.example/dac", "dac"),
            (Said(visas[0], "type"), Said(visas[0], "value"), Said(visas[0], "source"), Said(visas[0], "by")));
        Assert.Equal((_broker.Issuer, "ito", until.ToUnixTimeSeconds()), (first.Text("iss"), first.Text("sub"), first.GetProperty("exp").GetInt64()));
        Assert.True(TestApp.ClaimsOf(visas[1]).GetProperty("exp").GetInt64() <= _broker.Clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds());
        Assert.Null((await _broker.VerifyAsync(_askedWith!, Audiences.Platform)).Refusal);
        Assert.Equal("""["idbroker"]""", TestApp.ClaimsOf(_askedWith!).GetProperty("roles").ToString());
        Assert.Contains("catalog", Assert.Single(await _broker.EventsAsync("passport.issued")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visa_names_its_key_set_and_type_as_the_standard_says()
    {
        _grants = [Grant("wgs", _broker.Clock.GetUtcNow().AddDays(1))];

        var visa = Assert.Single(VisasOf((await PassportAsync(await TokenAsync())).Body.Text("access_token")!));

        var jws = CompactJws.Read(visa, out _, allowKeySetUrl: true)!;
        Assert.Equal((VisaWords.VisaType, $"{_broker.Issuer}/jwks"), (jws.Type, jws.KeySetUrl));
        Assert.Equal(TokenRefusals.ForbiddenHeader, (await _broker.VerifyAsync(visa, Audiences.Platform)).Refusal); // never an access token
    }

    [Fact]
    public async Task Institutions_vouchers_terms_and_linked_identities_become_visas()
    {
        await ExecuteAsync(
            """
            INSERT INTO identity_link (identity_link_id, account_id, institution, issuer, subject, org, affiliations, assurances, created_at, last_used_at)
            VALUES (gen_random_uuid(), 'ito', 'example', 'https://idp.example.ac.jp', 'a,b;c', 'Example University', '{faculty@example.ac.jp,member@example.ac.jp}', '{}', now(), now());
            INSERT INTO role_assignment (role_assignment_id, account_id, role, scope, asked_by, asked_at, given_by, given_at, expires_at, reason)
            VALUES (gen_random_uuid(), 'ito', 'researcher', 'Example University', 'ito', now(), 'mori', now(), now() + interval '1 year', 'known in person');
            INSERT INTO accepted_terms VALUES ('ito', 'https://platform.example/terms/1', now());
            """);

        var visas = VisasOf((await PassportAsync(await TokenAsync())).Body.Text("access_token")!);

        Assert.Equal(
            [
                "AffiliationAndRole faculty@example.ac.jp https://idp.example.ac.jp system",
                "AffiliationAndRole member@example.ac.jp https://idp.example.ac.jp system",
                $"LinkedIdentities a%2Cb%3Bc,https%3A%2F%2Fidp.example.ac.jp {_broker.Issuer} system",
                $"ResearcherStatus {PassportFacts.BonaFideResearcher} {_broker.Issuer}/organisations/Example%20University so",
                $"AcceptedTermsAndPolicies https://platform.example/terms/1 {_broker.Issuer} self",
            ],
            visas.Select(visa => $"{Said(visa, "type")} {Said(visa, "value")} {Said(visa, "source")} {Said(visa, "by")}"));
    }

    [Fact]
    public async Task A_dormant_link_and_an_old_affiliation_say_nothing()
    {
        await ExecuteAsync(
            """
            INSERT INTO identity_link (identity_link_id, account_id, institution, issuer, subject, org, affiliations, assurances, created_at, last_used_at, dormant_since)
            VALUES (gen_random_uuid(), 'ito', 'a', 'https://a.example', 'a', 'A', '{faculty@a.example}', '{}', now(), now(), now()),
                   (gen_random_uuid(), 'ito', 'b', 'https://b.example', 'b', 'B', '{faculty@b.example}', '{}', now(), now() - interval '366 days', NULL);
            """);

        Assert.Empty(VisasOf((await PassportAsync(await TokenAsync())).Body.Text("access_token")!));
    }

    [Fact]
    public async Task Without_agreement_there_is_no_passport_and_a_revoked_one_ends_it()
    {
        using var browser = await _broker.BrowserAsync("ito");
        var portal = new TestApp(_broker, "portal");
        var without = (await portal.SignInAsync(browser)).Text("access_token")!;
        Assert.Equal("access_denied", (await PassportAsync(without)).Body.Text("error"));
        var token = await TokenAsync(browser);
        Assert.Equal(HttpStatusCode.OK, (await PassportAsync(token)).Status);

        var agreement = await ScalarAsync("SELECT release_agreement_id::text FROM release_agreement WHERE account_id = 'ito' AND revoked_at IS NULL");
        Assert.Equal(HttpStatusCode.NotFound, await RevokeAsync(await _broker.AccountTokenAsync("mori"), agreement)); // somebody else's looks like none
        Assert.Equal(HttpStatusCode.NoContent, await RevokeAsync(token, agreement));

        Assert.Equal("access_denied", (await PassportAsync(token)).Body.Text("error"));
        Assert.False((await portal.UserInfoAsync(token)).Body.TryGetProperty("ga4gh_passport_v1", out _));
        Assert.Single(await _broker.EventsAsync("agreement.revoked"));
    }

    [Fact]
    public async Task Userinfo_carries_the_visas_that_the_person_agreed_to()
    {
        _grants = [Grant("wgs", _broker.Clock.GetUtcNow().AddDays(1))];

        var (_, userInfo) = await new TestApp(_broker, "portal").UserInfoAsync(await TokenAsync());

        Assert.Equal("https://bbj.example/datasets/wgs", Said(Assert.Single(userInfo.GetProperty("ga4gh_passport_v1").EnumerateArray()).GetString()!, "value"));
    }

    [Fact]
    public async Task When_consent_gives_no_answer_there_is_no_passport()
    {
        var token = await TokenAsync();
        _grants = null;

        Assert.Equal("temporarily_unavailable", (await PassportAsync(token)).Body.Text("error"));
        Assert.Equal(HttpStatusCode.OK, (await new TestApp(_broker, "portal").UserInfoAsync(token)).Status);
    }

    [Fact]
    public async Task A_demo_token_a_clients_token_and_an_ended_session_have_no_passport()
    {
        using var browser = await _broker.BrowserAsync("ito");
        var token = await TokenAsync(browser);
        await browser.PostAsync("/end_session", [("confirmed", "yes")]);

        Assert.Equal("access_denied", (await PassportAsync(token)).Body.Text("error"));
        Assert.Equal("access_denied", (await PassportAsync(await _broker.AccountTokenAsync("ito"))).Body.Text("error"));
        Assert.Equal("invalid_request", (await PassportAsync("x.y.z")).Body.Text("error"));
    }

    [Fact]
    public async Task Terms_are_accepted_once_for_each_version()
    {
        var broker = new TestBroker();
        broker.Settings.Add("--IdBroker:TermsUrl=https://platform.example/terms/1");
        await broker.InitializeAsync();
        await using var _ = broker;
        using var browser = await broker.BrowserAsync("ito");
        Assert.Equal("interaction_required", (await browser.AuthorizeAsync(TestBrowser.Ask("portal", ("prompt", "none"))))["error"]);

        var page = await browser.AuthorizeAsync(TestBrowser.Ask("portal"));
        Assert.True(page.LeadsTo($"{broker.Issuer}/terms?request="));
        Assert.Contains("https://platform.example/terms/1", (await browser.GetAsync($"/terms?request={page["request"]}")).Body, StringComparison.Ordinal);
        Assert.NotNull((await browser.PostAsync("/terms", [("request", page["request"]!), ("decision", "accept")]))["code"]);

        Assert.NotNull((await browser.AuthorizeAsync(TestBrowser.Ask("portal")))["code"]);
        Assert.Single(await broker.EventsAsync("terms.accepted"));
    }

    private static LiveGrant Grant(string dataset, DateTimeOffset until) => new(
        Guid.CreateVersion7(), "bbj", dataset, "diabetes", new Purpose(ResearchUse.HMB, [], false, "JP"), $"https://bbj.example/datasets/{dataset}", "https://bbj.example/dac", until.AddDays(-9), until);

    private async Task<string> TokenAsync(TestBrowser? signedIn = null)
    {
        using var own = signedIn is null ? await _broker.BrowserAsync("ito") : null;
        var browser = signedIn ?? own!;
        var page = await browser.AuthorizeAsync(TestBrowser.Ask("portal", ("scope", Scope)));
        if (page["code"] is null)
        {
            page = await browser.PostAsync("/agreement", [("request", page["request"]!), ("decision", "agree")]);
        }

        var (status, body) = await new TestApp(_broker, "portal").RedeemAsync(page["code"]!);
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        return body.Text("access_token")!;
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> PassportAsync(string token) => _broker.AskAsync(
        "catalog",
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("requested_token_type", VisaWords.PassportTokenType),
        ("audience", Audiences.Platform),
        ("subject_token", token),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"));

    private async Task<HttpStatusCode> RevokeAsync(string token, string agreement)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/account/agreements/{agreement}/revocation");
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await _broker.Http.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    private static List<string> VisasOf(string passport) =>
        [.. TestApp.ClaimsOf(passport).GetProperty("ga4gh_passport_v1").EnumerateArray().Select(visa => visa.GetString()!)];

    private static string? Said(string visa, string member) =>
        JsonElement.Parse(CompactJws.Read(visa, out _, allowKeySetUrl: true)!.Payload).GetProperty("ga4gh_visa_v1").Text(member);

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_broker.ConnectionString);
        await connection.ExecuteAsync(sql);
    }

    private async Task<string> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_broker.ConnectionString);
        return (await connection.ExecuteScalarAsync<string>(sql))!;
    }
}
