using System.Net;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class AuthorizeTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Theory]
    [InlineData("client_id", "unknown")]
    [InlineData("client_id", null)]
    [InlineData("client_id", "catalog")]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "https://portal.example/callback/")]
    [InlineData("redirect_uri", "https://portal.example/callback?x=1")]
    [InlineData("redirect_uri", "https://other-app.example/callback")]
    [InlineData("redirect_uri", "https://PORTAL.example/callback")]
    public async Task Who_asks_wrongly_is_sent_nowhere(string name, string? value)
    {
        using var browser = await broker.BrowserAsync("ito");

        var page = await browser.AuthorizeAsync(TestBrowser.Ask("portal", (name, value)));

        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Location));
        Assert.Contains("authorization.", page.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", null, "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "too-short", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("scope", "openid everything", "invalid_scope")]
    [InlineData("scope", null, "invalid_scope")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("prompt", "dance", "invalid_request")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("max_age", "99999999999", "invalid_request")]
    [InlineData("request", "ey.ey.ey", "request_not_supported")]
    [InlineData("resource", "https://elsewhere.example", "invalid_target")]
    [InlineData("dpop_jkt", "short", "invalid_request")]
    public async Task A_wrong_parameter_is_told_to_the_client_with_state_and_issuer(string name, string? value, string error)
    {
        using var browser = await broker.BrowserAsync("ito");

        var page = await browser.AuthorizeAsync(TestBrowser.Ask("portal", (name, value)));

        Assert.True(page.LeadsTo("https://portal.example/callback?"), page.Location ?? page.Body);
        Assert.Equal((error, "s t&te", broker.Issuer, null), (page["error"], page["state"], page["iss"], page["code"]));
    }

    [Fact]
    public async Task A_parameter_sent_twice_is_refused()
    {
        using var browser = await broker.BrowserAsync("ito");

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync("/authorize?client_id=portal&client_id=portal")).Status);
    }

    [Fact]
    public async Task Who_is_signed_in_comes_back_with_a_code_the_state_and_the_issuer()
    {
        using var browser = await broker.BrowserAsync("ito");

        var page = await browser.AuthorizeAsync(TestBrowser.Ask("portal"));

        Assert.Equal(HttpStatusCode.SeeOther, page.Status);
        Assert.Equal(("s t&te", broker.Issuer, 43), (page["state"], page["iss"], page["code"]!.Length));
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_led_to_the_sign_in_page_and_back()
    {
        using var browser = await broker.BrowserAsync(null);
        var page = await browser.AuthorizeAsync(TestBrowser.Ask("portal"));
        Assert.True(page.LeadsTo($"{broker.Issuer}/sign-in?request="));

        await broker.SignInAsync(browser, "ito");
        var back = await browser.GetAsync($"/authorize/resume?request={page["request"]}");

        Assert.NotNull(back["code"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync($"/authorize/resume?request={page["request"]}")).Status);
    }

    [Fact]
    public async Task Nobody_is_asked_anything_with_prompt_none()
    {
        using var stranger = await broker.BrowserAsync(null);
        using var known = await broker.BrowserAsync("ito");
        var ask = TestBrowser.Ask("portal", ("prompt", "none"));

        Assert.Equal("login_required", (await stranger.AuthorizeAsync(ask))["error"]);
        Assert.NotNull((await known.AuthorizeAsync(ask))["code"]);
        Assert.Equal("consent_required", (await known.AuthorizeAsync(TestBrowser.Ask("portal", ("prompt", "none"), ("scope", "openid ga4gh_passport_v1"))))["error"]);
    }

    [Theory]
    [InlineData("prompt", "login", Assurance.Mfa)]
    [InlineData("prompt", "select_account", Assurance.Mfa)]
    [InlineData("max_age", "0", Assurance.Mfa)]
    [InlineData("acr_values", Assurance.Mfa, Assurance.Sfa)]
    public async Task A_client_can_demand_a_fresh_or_stronger_sign_in(string name, string value, string acr)
    {
        using var browser = await broker.BrowserAsync("ito", acr);
        broker.Clock.Advance(TimeSpan.FromSeconds(2));

        var page = await browser.AuthorizeAsync(TestBrowser.Ask("portal", (name, value)));
        Assert.True(page.LeadsTo($"{broker.Issuer}/sign-in?request="));
        Assert.True((await browser.GetAsync($"/authorize/resume?request={page["request"]}")).LeadsTo($"{broker.Issuer}/sign-in"), "not signed in afresh");

        broker.Clock.Advance(TimeSpan.FromSeconds(2));
        await broker.SignInAsync(browser, "ito");
        Assert.NotNull((await browser.GetAsync($"/authorize/resume?request={page["request"]}"))["code"]);
    }

    [Fact]
    public async Task An_idle_or_ended_session_is_none()
    {
        using var browser = await broker.BrowserAsync("ito");
        broker.Clock.Advance(TimeSpan.FromMinutes(61));

        Assert.True((await browser.AuthorizeAsync(TestBrowser.Ask("portal"))).LeadsTo($"{broker.Issuer}/sign-in"));
    }

    [Fact]
    public async Task A_pushed_request_is_taken_up_by_its_client_only_and_answered_once()
    {
        using var browser = await broker.BrowserAsync("ito");
        var (status, pushed) = await PushAsync("pusher", TestBrowser.Ask("pusher"));
        Assert.Equal((HttpStatusCode.Created, 90), (status, pushed.GetProperty("expires_in").GetInt32()));
        var named = new Dictionary<string, string?> { ["client_id"] = "pusher", ["request_uri"] = pushed.Text("request_uri") };

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.AuthorizeAsync(new(named) { ["client_id"] = "portal" })).Status);
        Assert.NotNull((await browser.AuthorizeAsync(named))["code"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.AuthorizeAsync(named)).Status);
    }

    [Fact]
    public async Task A_pushed_request_waits_ninety_seconds_for_its_browser()
    {
        using var browser = await broker.BrowserAsync("ito");
        var (_, pushed) = await PushAsync("pusher", TestBrowser.Ask("pusher"));
        broker.Clock.Advance(TimeSpan.FromSeconds(91));

        var page = await browser.AuthorizeAsync(new() { ["client_id"] = "pusher", ["request_uri"] = pushed.Text("request_uri") });

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
    }

    [Fact]
    public async Task A_client_that_must_push_may_not_send_its_request_through_the_browser()
    {
        using var browser = await broker.BrowserAsync("ito");

        Assert.Equal("invalid_request", (await browser.AuthorizeAsync(TestBrowser.Ask("pusher")))["error"]);
    }

    [Theory]
    [InlineData("redirect_uri", "https://elsewhere.example/", "invalid_request")]
    [InlineData("scope", "profile", "invalid_scope")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("request_uri", "urn:x", "invalid_request")]
    public async Task A_wrong_push_is_refused_at_once(string name, string? value, string error)
    {
        var (status, body) = await PushAsync("pusher", TestBrowser.Ask("pusher", (name, value)));

        Assert.Equal((HttpStatusCode.BadRequest, error), (status, body.Text("error")));
    }

    [Fact]
    public async Task Before_a_client_hears_the_passport_its_person_is_asked_once()
    {
        using var browser = await broker.BrowserAsync("kato");
        var ask = TestBrowser.Ask("portal", ("scope", "openid ga4gh_passport_v1"));
        var page = await browser.AuthorizeAsync(ask);
        Assert.True(page.LeadsTo($"{broker.Issuer}/agreement?request="));
        Assert.Contains("The portal", (await browser.GetAsync($"/agreement?request={page["request"]}")).Body, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/agreement", [("request", page["request"]!), ("decision", "agree")], site: "cross-site")).Status);
        var agreed = await browser.PostAsync("/agreement", [("request", page["request"]!), ("decision", "agree")]);

        Assert.NotNull(agreed["code"]);
        Assert.NotNull((await browser.AuthorizeAsync(ask))["code"]);
        Assert.Contains("ga4gh_passport_v1", Assert.Single(await broker.EventsAsync("agreement.given")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_agree_is_signed_in_with_less()
    {
        using var browser = await broker.BrowserAsync("mori");
        var page = await browser.AuthorizeAsync(TestBrowser.Ask("portal", ("scope", "openid ga4gh_passport_v1")));

        var declined = await browser.PostAsync("/agreement", [("request", page["request"]!), ("decision", "decline")]);

        var (_, tokens) = await broker.AskAsync(
            "portal",
            ("grant_type", "authorization_code"), ("code", declined["code"]!), ("redirect_uri", TestBrowser.Callback("portal")), ("code_verifier", TestBrowser.Verifier));
        Assert.Equal("openid", tokens.Text("scope"));
    }

    private Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> PushAsync(string client, Dictionary<string, string?> ask) =>
        broker.AskAtAsync("/par", client, [.. ask.Where(entry => entry.Value is not null).Select(entry => (entry.Key, entry.Value!))]);
}
