using System.Net;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

/// <summary>What a person sees of their own account and does to it: in a browser, and through the Portal with a token.</summary>
public sealed class AccountPagesTests : IAsyncLifetime
{
    private readonly TestBroker _broker = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Without_a_session_the_account_leads_to_the_sign_in_page()
    {
        Assert.Equal($"{_broker.Issuer}/sign-in", (await _broker.Browser().GetAsync("/account")).Location);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync("/account", "wrong")).Status);
    }

    [Fact]
    public async Task The_page_shows_everything_about_the_account()
    {
        await _broker.GivenAPasswordAsync("ito");
        await _broker.GivenAnAuthenticatorAsync("ito");
        await _broker.Browser().EnterPasswordAsync("ito", "wrong wrong wrong");
        using var browser = await _broker.BrowserAsync("ito");

        var page = WebUtility.HtmlDecode((await browser.GetAsync("/account")).Body);

        Assert.All(["伊藤", "理研", "researcher", "Authenticator app", "(this browser)", "Sign-in failed", "password.wrong"], text => Assert.Contains(text, page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_Portal_gets_the_same_with_the_persons_token()
    {
        await _broker.GivenAnAuthenticatorAsync("real");
        using var browser = await _broker.BrowserAsync("ito");

        var (status, account) = await AskAsync("/account", await _broker.AccountTokenAsync("ito"));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("伊藤", account.Text("name"));
        Assert.Equal("""["researcher"]""", account.GetProperty("rolesNow").GetRawText());
        Assert.False(account.TryGetProperty("authenticatorSince", out _));
    }

    [Fact]
    public async Task Roles_that_need_two_factors_are_not_held_with_one()
    {
        _broker.WriteAccounts(rolesOfIto: "steward");
        using var second = (await _broker.StartAsync()).Http;
        using var browser = await _broker.BrowserAsync("ito", Assurance.Sfa);

        Assert.Contains("only while you are signed in with two factors", (await browser.GetAsync("/account")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clients_own_token_has_no_account()
    {
        var (_, body) = await _broker.AskAsync("catalog", ("grant_type", "client_credentials"), ("audience", "kakehashi"));

        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync("/account", body.Text("access_token")!)).Status);
    }

    [Fact]
    public async Task Sign_ins_are_listed_newest_first_in_pages_and_only_ones_own()
    {
        await _broker.GivenAPasswordAsync("ito");
        await _broker.GivenAPasswordAsync("kato");
        await _broker.Browser().EnterPasswordAsync("kato");
        await _broker.Browser().EnterPasswordAsync("ito", "wrong wrong wrong");
        await _broker.Browser().EnterPasswordAsync("ito");
        var token = await _broker.AccountTokenAsync("ito");

        var items = (await AskAsync("/account/sign-ins", token)).Body.GetProperty("items").EnumerateArray().ToList();
        var older = (await AskAsync($"/account/sign-ins?before={items[0].GetProperty("id")}", token)).Body.GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(["sign-in.succeeded", "sign-in.failed", "account.registered"], items.Select(item => item.Text("kind")));
        Assert.Equal("? / ?", items[0].Text("device"));
        Assert.Equal("anonymous", items[1].Text("by"));
        Assert.Equal(["sign-in.failed", "account.registered"], older.Select(item => item.Text("kind")));
    }

    [Fact]
    public async Task A_person_ends_one_session_from_the_Portal_and_it_is_over_at_once()
    {
        using var browser = await _broker.BrowserAsync("ito");
        var token = await _broker.AccountTokenAsync("ito");
        var session = (await AskAsync("/account/sessions", token)).Body.GetProperty("sessions")[0];

        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync($"/account/sessions/{session.Text("sessionId")}/end", token, HttpMethod.Post)).Status);

        Assert.True((await browser.GetAsync("/account")).LeadsTo($"{_broker.Issuer}/sign-in"));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync($"/account/sessions/{session.Text("sessionId")}/end", token, HttpMethod.Post)).Status);
        Assert.Equal(["ito session.ended session ended-by-owner"], await _broker.HeardAsync("session.ended"));
    }

    [Fact]
    public async Task Somebody_elses_session_looks_like_none()
    {
        using var browser = _broker.Browser();
        var session = await _broker.SignInAsync(browser, "real");
        using var ito = await _broker.BrowserAsync("ito");

        Assert.Equal(HttpStatusCode.NotFound, (await ito.PostAsync($"/account/sessions/{session}/end", [])).Status);
        Assert.Empty(await _broker.HeardAsync("session.ended"));
    }

    [Fact]
    public async Task A_person_signs_out_everywhere()
    {
        using var here = await _broker.BrowserAsync("ito");
        using var there = await _broker.BrowserAsync("ito");

        var page = await here.PostAsync("/account/sessions/end-all", []);

        Assert.Contains("You are signed out", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(SignInSessions.Cookie, here.Cookies.Keys);
        Assert.True((await there.GetAsync("/account")).LeadsTo($"{_broker.Issuer}/sign-in"));
        Assert.Equal(2, (await _broker.HeardAsync("session.ended")).Count);
    }

    [Theory]
    [InlineData("/account/sessions/end-all")]
    [InlineData("/account/password")]
    [InlineData("/account/authenticator/removal")]
    [InlineData("/account/passkeys/AAAA/removal")]
    [InlineData("/account/passkeys/AAAA/name")]
    public async Task Another_sites_page_changes_nothing(string path)
    {
        using var browser = await _broker.BrowserAsync("ito");

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(path, [], "cross-site")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(path, [], null)).Status);
    }

    [Fact]
    public async Task A_new_password_needs_a_fresh_sign_in_which_leads_back()
    {
        await _broker.GivenAPasswordAsync("ito");
        using var browser = await _broker.BrowserAsync("ito");
        _broker.Clock.Advance(TimeSpan.FromMinutes(11));

        var first = await browser.GetAsync("/account/password");
        var back = await browser.EnterPasswordAsync("ito", query: $"?request={first["request"]}");
        var page = await browser.GetAsync(back.Location!);

        Assert.True(first.LeadsTo($"{_broker.Issuer}/sign-in?request="));
        Assert.Equal("/account/password", page.Location);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account/password")).Status);
    }

    [Fact]
    public async Task A_person_changes_their_password()
    {
        await _broker.GivenAPasswordAsync("ito");
        using var browser = _broker.Browser();
        await browser.EnterPasswordAsync("ito");

        var wrong = await browser.PostAsync("/account/password", [("password", "short"), ("again", "short")]);
        var right = await browser.PostAsync("/account/password", [("password", "an entirely new one"), ("again", "an entirely new one")]);

        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Equal($"{_broker.Issuer}/account", right.Location);
        Assert.Equal(HttpStatusCode.BadRequest, (await _broker.Browser().EnterPasswordAsync("ito")).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await _broker.Browser().EnterPasswordAsync("ito", "an entirely new one")).Status);
        Assert.Equal(["ito password.changed ito"], await _broker.HeardAsync("password.changed"));
    }

    [Fact]
    public async Task An_institutions_person_has_no_password_here()
    {
        await _broker.ReadAsync<int>("UPDATE account SET source = 'institution' WHERE account_id = 'ito'");
        using var browser = await _broker.BrowserAsync("ito");

        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/account/password")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync("/account/password", [])).Status);
    }

    [Fact]
    public async Task The_last_second_factor_of_a_steward_stays()
    {
        await _broker.GivenAnAuthenticatorAsync("real");
        using var browser = await _broker.BrowserAsync("real");

        Assert.DoesNotContain("Remove", (await browser.GetAsync("/account")).Body, StringComparison.Ordinal);
        var refused = await browser.PostAsync("/account/authenticator/removal", []);

        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("second-factor.last-one", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_removals_at_once_one_second_factor_stays()
    {
        await _broker.GivenAnAuthenticatorAsync("real");
        await GivenAPasskeyAsync("real", "0102");
        using var browser = await _broker.BrowserAsync("real");
        await using var gate = await RowGate.CloseAsync(_broker.ConnectionString, "SELECT FROM account WHERE account_id = 'real' FOR UPDATE", Ct);

        Task<TestBrowser.Page>[] both = [.. new[] { "/account/authenticator/removal", "/account/passkeys/AQI/removal" }.Select(path => browser.PostAsync(path, []))];
        await gate.OpenWhenWaitingAsync(2, Ct);

        Assert.Equal([HttpStatusCode.SeeOther, HttpStatusCode.Conflict], (await Task.WhenAll(both)).Select(page => page.Status).Order());
        Assert.Single(await _broker.HeardAsync("second-factor.removed"));
    }

    [Fact]
    public async Task A_person_renames_and_removes_a_passkey_and_nobody_elses()
    {
        await GivenAPasskeyAsync("ito", "0102");
        using var stranger = await _broker.BrowserAsync("kato");
        using var browser = await _broker.BrowserAsync("ito");

        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsync("/account/passkeys/AQI/name", [("name", "mine")])).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsync("/account/passkeys/AQI/removal", [])).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/account/passkeys/AQI/name", [("name", new('x', 61))])).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.PostAsync("/account/passkeys/AQI/name", [("name", "研究室")])).Status);
        Assert.Equal("研究室", await _broker.ReadAsync<string>("SELECT name FROM passkey"));
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.PostAsync("/account/passkeys/AQI/removal", [])).Status);
        Assert.Equal(["ito second-factor.removed ito passkey"], await _broker.HeardAsync("second-factor"));
    }

    [Fact]
    public async Task An_agreement_is_taken_back_on_the_page()
    {
        await _broker.ReadAsync<int>(
            """
            INSERT INTO release_agreement (release_agreement_id, account_id, client_id, scope, agreed_at)
            VALUES ('00000000-0000-7000-8000-000000000001', 'ito', 'portal', 'ga4gh_passport_v1', now())
            """);
        using var browser = await _broker.BrowserAsync("ito");
        Assert.Contains("ga4gh_passport_v1", (await browser.GetAsync("/account")).Body, StringComparison.Ordinal);

        var back = await browser.PostAsync("/account/agreements/00000000-0000-7000-8000-000000000001/revocation", []);

        Assert.Equal($"{_broker.Issuer}/account", back.Location);
        Assert.Single(await _broker.HeardAsync("agreement.revoked"));
    }

    private Task<int> GivenAPasskeyAsync(string accountId, string id) => _broker.ReadAsync<int>(
        $"""
        INSERT INTO passkey (credential_id, account_id, user_handle, name, public_key, sign_count, transports, backup_eligible, backed_up, added_at)
        VALUES (decode('{id}', 'hex'), '{accountId}', 'handle', 'a key', '', 0, array[]::text[], false, false, now())
        """);

    private async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(string path, string token, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", token) } };
        using var answer = await _broker.Http.SendAsync(request, Ct);
        var body = await answer.Content.ReadAsByteArrayAsync(Ct);
        return (answer.StatusCode, body.Length == 0 ? default : JsonElement.Parse(body));
    }
}
