using System.Net;
using Kakehashi.Gateway.Sessions;

namespace Kakehashi.Gateway.Tests.Sessions;

public sealed class SignOutTests(SessionPlatform platform) : IClassFixture<SessionPlatform>
{
    [Fact]
    public async Task Signing_out_ends_the_session_here_and_at_the_issuer()
    {
        using var browser = await platform.SignedInAsync();
        var cookie = browser.Cookies["__Host-kakehashi"];

        var page = await browser.CallAsync(HttpMethod.Post, "/session/sign-out");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.DoesNotContain("__Host-kakehashi", browser.Cookies.Keys);
        Assert.False((await browser.GetAsync("/session")).Json.GetProperty("signedIn").GetBoolean());
        browser.Cookies["__Host-kakehashi"] = cookie;
        Assert.Equal("session.ended", (await browser.GetAsync("/api/catalog/x")).Problem);

        // At the issuer it is over before the browser gets there; there it loses its cookie, is asked nothing and comes back.
        var url = page.Json.GetProperty("endSessionUrl").GetString()!;
        Assert.StartsWith($"{platform.Issuer}/end_session?", url, StringComparison.Ordinal);
        Assert.Equal($"{platform.Origin}/", (await browser.GetAsync(url[platform.Origin.Length..])).Location);
        Assert.Empty(browser.Cookies);
        Assert.StartsWith($"{platform.Issuer}/sign-in", (await browser.SignInAsync()).Location ?? $"{platform.Issuer}/sign-in", StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-kakehashi", browser.Cookies.Keys);
    }

    [Fact]
    public async Task Nobody_is_signed_out_by_another_sites_page()
    {
        using var browser = await platform.SignedInAsync();
        var page = await browser.SendAsync(HttpMethod.Post, "/session/sign-out", null, ("Sec-Fetch-Site", "cross-site"), ("X-Kakehashi-CSRF", "1"));
        Assert.Equal("session.cross-site", page.Problem);
        Assert.Equal("session.cross-site", (await browser.SendAsync(HttpMethod.Post, "/session/sign-out", null, ("Sec-Fetch-Site", "same-origin"))).Problem);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/catalog/x")).Status);
    }

    [Fact]
    public async Task Who_is_signed_out_already_is_signed_out()
    {
        using var browser = await platform.BrowserAsync(null);
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync(HttpMethod.Post, "/session/sign-out")).Status);
    }

    [Fact]
    public async Task A_session_ended_at_the_issuer_ends_here_at_once_and_others_go_on()
    {
        using var browser = await platform.SignedInAsync();
        using var other = await platform.SignedInAsync();

        await browser.GetAsync("/id/end_session"); // asks first
        await browser.PostAsync("/id/end_session", [("confirmed", "yes")]);
        await Until.TrueAsync(
            async () =>
            {
                platform.Clock.Advance(TimeSpan.FromMilliseconds(100));
                return (await browser.GetAsync("/api/catalog/x")).Problem is "session.ended" or "token.missing";
            },
            () => "the session goes on");

        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/catalog/x")).Status);
    }

    public static TheoryData<string, string?, int> Tokens => new()
    {
        // what differs from a good token, to what (JSON; null: left out), and how many of two sessions of one person it ends
        { "", null, 1 },
        { "sub", null, 1 },
        { "sid", null, 2 },
        { "aud", "[\"gateway\"]", 1 },
        { "sub", "\"mori\"", 0 },
        { "sid", "\"00000000000000000000000000000000\"", 0 },
        { "typ", "\"JWT\"", -1 },
        { "typ", "\"at+jwt\"", -1 },
        { "iss", "\"https://evil.example\"", -1 },
        { "aud", "\"portal\"", -1 },
        { "aud", "[\"gateway\",\"portal\"]", -1 },
        { "events", null, -1 },
        { "events", "\"http://schemas.openid.net/event/backchannel-logout\"", -1 },
        { "events", "{\"http://schemas.openid.net/event/other\":{}}", -1 },
        { "events", "{\"http://schemas.openid.net/event/backchannel-logout\":true}", -1 },
        { "nonce", "\"n\"", -1 },
        { "jti", null, -1 },
        { "jti", "7", -1 },
        { "sid", "7", -1 },
        { "sub", "{}", -1 },
        { "exp", null, -1 },
        { "exp", "1700000000", -1 },
        { "iat", null, -1 },
        { "both", null, -1 },
        { "key", null, -1 },
    };

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task Only_the_issuers_word_ends_a_session(string claim, string? json, int ends)
    {
        await platform.AskAsync<int>("DELETE FROM browser_session");
        using var browser = await platform.SignedInAsync();
        using var other = await platform.SignedInAsync();
        var token = await LogoutTokenAsync(browser, claim, json);

        var answer = await TellAsync(token);

        Assert.Equal(ends < 0 ? HttpStatusCode.BadRequest : HttpStatusCode.OK, answer.Status);
        Assert.Equal(2 - Math.Max(0, ends), await platform.AskAsync<long>("SELECT count(*) FROM browser_session"));
        Assert.Equal(ends > 0 ? "session.ended" : null, (await browser.GetAsync("/api/catalog/x")).Problem);
    }

    [Fact]
    public async Task A_logout_token_counts_once()
    {
        using var browser = await platform.SignedInAsync();
        var token = await LogoutTokenAsync(browser, "sid", null);
        Assert.Equal(HttpStatusCode.OK, (await TellAsync(token)).Status);
        using var later = await platform.SignedInAsync();
        var again = await TellAsync(token);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (again.Status, again.Json.GetProperty("error").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await later.GetAsync("/api/catalog/x")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("logout_token=")]
    [InlineData("logout_token=a.b.c")]
    [InlineData("other=x")]
    public async Task What_is_no_logout_token_is_refused(string body)
    {
        using var caller = await platform.BrowserAsync(null);
        using var content = new StringContent(body, null, "application/x-www-form-urlencoded");
        Assert.Equal(HttpStatusCode.BadRequest, (await caller.SendAsync(HttpMethod.Post, HearLogout.Path, content)).Status);
        using var text = new StringContent(body);
        Assert.Equal(HttpStatusCode.BadRequest, (await caller.SendAsync(HttpMethod.Post, HearLogout.Path, text)).Status);
    }

    private async Task<TestBrowser.Page> TellAsync(string token)
    {
        using var issuer = await platform.BrowserAsync(null);
        using var form = new FormUrlEncodedContent([new("logout_token", token)]);
        return await issuer.SendAsync(HttpMethod.Post, HearLogout.Path, form);
    }

    private async Task<string> LogoutTokenAsync(TestBrowser browser, string claim, string? json)
    {
        var now = platform.Clock.GetUtcNow();
        var secret = CookieSecret.Read(browser.Cookies["__Host-kakehashi"])!;
        var claims = new Dictionary<string, object?>
        {
            ["typ"] = System.Text.Json.JsonElement.Parse("\"logout+jwt\""),
            ["iss"] = platform.Issuer,
            ["aud"] = "gateway",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.ToUnixTimeSeconds() + 120,
            ["jti"] = Guid.CreateVersion7().ToString("N"),
            ["events"] = new Dictionary<string, object> { [LogoutTokens.Event] = new { } },
            ["sub"] = "ito",
            ["sid"] = await platform.AskAsync<string>("SELECT broker_session FROM browser_session WHERE session_hash = @Hash", new { secret.Hash }),
        };
        foreach (var name in claim switch { "" or "key" => [], "both" => ["sub", "sid"], _ => new[] { claim } })
        {
            claims[name] = json is null ? null : System.Text.Json.JsonElement.Parse(json);
        }

        claims.Remove("typ", out var type);
        var token = platform.Sign(((System.Text.Json.JsonElement)type!).GetString()!, claims);
        return claim == "key" ? $"{token[..^4]}AAAA" : token;
    }
}
