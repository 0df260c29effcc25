using System.Net;
using System.Text.RegularExpressions;
using Kakehashi.Contracts;
using Kakehashi.Gateway.Sessions;

namespace Kakehashi.Gateway.Tests.Sessions;

public sealed partial class SignInTests(SessionPlatform platform) : IClassFixture<SessionPlatform>
{
    [Fact]
    public async Task A_person_signs_in_and_uses_the_api_without_ever_holding_a_token()
    {
        using var browser = await platform.BrowserAsync("ito");

        var end = await browser.SignInAsync("?return=/applications?page=2");
        Assert.Equal((HttpStatusCode.Redirect, $"{platform.Origin}/applications?page=2"), (end.Status, end.Location));

        var session = (await browser.GetAsync("/session")).Json;
        Assert.Equal(
            (true, "ito", "伊藤", "理研", "researcher", Assurance.Mfa),
            (session.GetProperty("signedIn").GetBoolean(), Text("account"), Text("name"), Text("org"), session.GetProperty("roles")[0].GetString(), Text("acr")));
        Assert.Equal(platform.Clock.GetUtcNow() + SessionRules.Idle, session.GetProperty("idleAt").GetDateTimeOffset(), TimeSpan.FromMinutes(1));
        Assert.Equal(SessionRules.Longest, session.GetProperty("expiresAt").GetDateTimeOffset() - session.GetProperty("authTime").GetDateTimeOffset());

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/catalog/biobanks")).Status);
        Assert.StartsWith("Bearer ", platform.Reached.Last()["Authorization"], StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Told, told => Jwt().IsMatch(told));
        Assert.DoesNotContain(browser.Cookies, cookie => cookie.Key == "__Host-kakehashi-flow");

        string? Text(string name) => session.GetProperty(name).GetString();
    }

    [Fact]
    public async Task The_cookies_are_out_of_reach_of_scripts_other_sites_and_other_hosts()
    {
        using var browser = await platform.BrowserAsync();
        var begun = await browser.GetAsync("/session/sign-in");
        var flow = Assert.Single(begun.SetCookies);
        Assert.StartsWith("__Host-kakehashi-flow=", flow, StringComparison.Ordinal);
        Assert.Equal(["httponly", "max-age=600", "path=/", "samesite=lax", "secure"], Attributes(flow));

        var session = Assert.Single((await browser.SignInAsync()).SetCookies, cookie => cookie.StartsWith("__Host-kakehashi=", StringComparison.Ordinal));
        Assert.Equal(["httponly", "path=/", "samesite=lax", "secure"], Attributes(session));
        Assert.Equal(43, session.Split(';')[0].Split('=')[1].Length);

        static IEnumerable<string> Attributes(string cookie) => cookie.Split(';').Skip(1).Select(part => part.Trim().ToLowerInvariant()).Order();
    }

    [Fact]
    public async Task The_browser_carries_only_a_name_for_the_request()
    {
        using var browser = await platform.BrowserAsync();
        var begun = await browser.GetAsync("/session/sign-in");
        Assert.StartsWith($"{platform.Issuer}/authorize?", begun.Location, StringComparison.Ordinal);
        Assert.Equal("gateway", begun["client_id"]);
        Assert.StartsWith("urn:ietf:params:oauth:request_uri:", begun["request_uri"], StringComparison.Ordinal);
        Assert.Equal(2, begun.Location!.Split('?')[1].Split('&').Length);
    }

    [Fact]
    public async Task Every_sign_in_gets_a_new_cookie_and_the_one_before_opens_nothing()
    {
        using var browser = await platform.SignedInAsync();
        var before = browser.Cookies["__Host-kakehashi"];
        await browser.SignInAsync();
        Assert.NotEqual(before, browser.Cookies["__Host-kakehashi"]);
        using var thief = await platform.BrowserAsync(null);
        thief.Cookies["__Host-kakehashi"] = before;
        Assert.Equal("session.ended", (await thief.GetAsync("/api/catalog/biobanks")).Problem);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/catalog/biobanks")).Status);
    }

    [Fact]
    public async Task An_answer_counts_once()
    {
        using var browser = await platform.BrowserAsync();
        var callback = await UntilCallbackAsync(browser);
        var flow = browser.Cookies["__Host-kakehashi-flow"];
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync(callback)).Status);
        browser.Cookies["__Host-kakehashi-flow"] = flow;
        AssertPage(await browser.GetAsync(callback), 400, "This sign-in is over");
    }

    [Fact]
    public async Task An_answer_is_for_the_browser_that_asked()
    {
        using var browser = await platform.BrowserAsync();
        var callback = await UntilCallbackAsync(browser);

        // Somebody lures another person into a session that is not theirs: without cookie, or with one of another sign-in.
        using var victim = await platform.BrowserAsync(null);
        AssertPage(await victim.GetAsync(callback), 400, "This sign-in is over");
        await victim.GetAsync("/session/sign-in");
        AssertPage(await victim.GetAsync(callback), 400, "This sign-in is over");
        Assert.DoesNotContain("__Host-kakehashi", victim.Cookies.Keys);
    }

    [Fact]
    public async Task A_code_of_another_sign_in_is_worth_nothing_here()
    {
        using var attacker = await platform.BrowserAsync("mori");
        var theirs = QueryOf(await UntilCallbackAsync(attacker));
        using var victim = await platform.BrowserAsync("ito");
        var ours = QueryOf(await UntilCallbackAsync(victim));
        AssertPage(await victim.GetAsync($"/session/callback?code={theirs["code"]}&state={ours["state"]}&iss={platform.Issuer}"), 502, "Signing in did not work");
        Assert.DoesNotContain("__Host-kakehashi", victim.Cookies.Keys);
    }

    [Theory]
    [InlineData("UPDATE authorization_code SET nonce = 'another'")]
    [InlineData("UPDATE authorization_code SET nonce = NULL")]
    public async Task An_identity_of_another_sign_in_is_worth_nothing_here(string change)
    {
        using var browser = await platform.BrowserAsync();
        var callback = await UntilCallbackAsync(browser);
        await platform.AskBrokerAsync<int>(change);
        var page = await browser.GetAsync(callback);
        Assert.True(page.Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable, page.Body);
        Assert.DoesNotContain("__Host-kakehashi", browser.Cookies.Keys);
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_is_over()
    {
        using var browser = await platform.BrowserAsync();
        await browser.GetAsync("/session/sign-in");
        var state = CookieSecret.Read(browser.Cookies["__Host-kakehashi-flow"])!.Derive("state");
        platform.Clock.Advance(SessionRules.Patience);
        AssertPage(await browser.GetAsync($"/session/callback?code=c&state={state}&iss={platform.Issuer}"), 400, "This sign-in is over");
    }

    [Theory]
    [InlineData("code=wrong&iss=ISSUER", 502, "Signing in did not work")]
    [InlineData("code=right", 502, "Signing in did not work")] // without iss
    [InlineData("code=right&iss=https%3A%2F%2Fevil.example", 502, "Signing in did not work")]
    [InlineData("code=right&iss=ISSUER%2F", 502, "Signing in did not work")]
    [InlineData("code=right&code=right&iss=ISSUER", 502, "Signing in did not work")]
    [InlineData("iss=ISSUER", 502, "Signing in did not work")]
    [InlineData("error=access_denied&iss=ISSUER", 403, "You were not signed in")]
    [InlineData("error=access_denied", 502, "Signing in did not work")]
    [InlineData("error=server_error&iss=ISSUER", 502, "Signing in did not work")]
    public async Task A_failed_sign_in_ends_on_a_page_and_not_in_a_session(string answer, int status, string title)
    {
        using var browser = await platform.BrowserAsync();
        var right = QueryOf(await UntilCallbackAsync(browser));
        var query = answer.Replace("right", right["code"], StringComparison.Ordinal).Replace("ISSUER", Uri.EscapeDataString(platform.Issuer), StringComparison.Ordinal);

        AssertPage(await browser.GetAsync($"/session/callback?{query}&state={right["state"]}"), status, title);

        Assert.DoesNotContain("__Host-kakehashi", browser.Cookies.Keys);
        Assert.Equal("signedIn", (await browser.GetAsync("/session")).Json.EnumerateObject().Single().Name);
    }

    [Theory]
    [InlineData("en-GB,ja;q=0.5", "Sign in")]
    [InlineData("fr, ja;q=0.9, en;q=0.8", "サインインする")]
    [InlineData("", "Sign in")]
    public async Task The_page_speaks_its_readers_language_and_runs_no_script(string language, string link)
    {
        using var browser = await platform.BrowserAsync(null);
        var page = await browser.GetAsync("/session/callback", ("Accept-Language", language));
        Assert.Contains($"<a href=\"/session/sign-in?return=%2F\">{link}</a>", page.Body, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'; style-src 'self'", browser.Told.Last(), StringComparison.Ordinal);
        Assert.Contains("main {", (await browser.GetAsync("/session/page.css")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_up_asks_for_a_fresh_sign_in_with_two_factors()
    {
        using var browser = await platform.SignedInAsync(acr: Assurance.Sfa);
        await browser.GetAsync("/session/sign-in?stepUp=true");
        var asked = await platform.AskBrokerAsync<string>(
            "SELECT (parameters ->> 'acr_values') || ' ' || (parameters ->> 'max_age') FROM authorization_request ORDER BY created_at DESC LIMIT 1");
        Assert.Equal($"{Assurance.Mfa} 300", asked);
    }

    [Fact]
    public async Task A_step_up_that_did_not_get_two_factors_says_so_and_keeps_the_session()
    {
        using var browser = await platform.SignedInAsync(acr: Assurance.Sfa);
        var callback = await AgainUntilCallbackAsync(browser);
        await platform.AskAsync<int>("UPDATE sign_in_flow SET step_up = true");
        AssertPage(await browser.GetAsync(callback), 403, "This needs a second factor");
        Assert.True((await browser.GetAsync("/session")).Json.GetProperty("signedIn").GetBoolean());
    }

    [Fact]
    public async Task Signing_in_again_does_not_make_a_session_live_longer()
    {
        using var browser = await platform.SignedInAsync();
        var before = (await browser.GetAsync("/session")).Json.GetProperty("expiresAt").GetDateTimeOffset();
        platform.Clock.Advance(TimeSpan.FromMinutes(30));
        await browser.SignInAsync();
        Assert.Equal(before, (await browser.GetAsync("/session")).Json.GetProperty("expiresAt").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/session/sign-in")]
    [InlineData("")]
    public async Task Nobody_is_sent_elsewhere(string path)
    {
        using var browser = await platform.BrowserAsync();
        var page = await browser.GetAsync($"/session/sign-in?return={Uri.EscapeDataString(path)}");
        Assert.Equal((HttpStatusCode.BadRequest, "session.foreign-return"), (page.Status, page.Problem));
        Assert.Empty(page.SetCookies);
    }

    /// <summary>The path with which the issuer sends the browser back.</summary>
    private async Task<string> UntilCallbackAsync(TestBrowser browser)
    {
        await browser.SignInAsync(); // so that the question for agreement is behind us
        browser.Cookies.Remove("__Host-kakehashi");
        return await AgainUntilCallbackAsync(browser);
    }

    private async Task<string> AgainUntilCallbackAsync(TestBrowser browser)
    {
        var begun = await browser.GetAsync("/session/sign-in");
        var answered = await browser.GetAsync(begun.Location![platform.Origin.Length..]);
        Assert.StartsWith($"{platform.Origin}/session/callback?", answered.Location, StringComparison.Ordinal);
        return answered.Location![platform.Origin.Length..];
    }

    private static Dictionary<string, string> QueryOf(string address) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Split('?')[1]).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());

    private static void AssertPage(TestBrowser.Page page, int status, string title)
    {
        Assert.True(status == (int)page.Status, $"{status} expected, {(int)page.Status} received: {page.Body}");
        Assert.Contains($"<h1>{title}</h1>", page.Body, StringComparison.Ordinal);
        Assert.Null(page.Location);
    }

    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{10,}\.")]
    private static partial Regex Jwt();
}
