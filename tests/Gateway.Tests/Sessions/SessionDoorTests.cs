using System.Net;
using Kakehashi.Gateway.Sessions;
using Microsoft.AspNetCore.Builder;

namespace Kakehashi.Gateway.Tests.Sessions;

public sealed class SessionDoorTests(SessionPlatform platform) : IClassFixture<SessionPlatform>
{
    private static readonly (string, string)[] OwnPage = [("Sec-Fetch-Site", "same-origin"), ("X-Kakehashi-CSRF", "1")];

    [Fact]
    public async Task A_service_sees_the_token_and_no_cookie()
    {
        using var browser = await platform.SignedInAsync();
        browser.Cookies["theme"] = "dark";

        await browser.GetAsync("/api/catalog/biobanks");

        var seen = platform.Reached.Last();
        Assert.StartsWith("Bearer eyJ", seen["Authorization"], StringComparison.Ordinal);
        Assert.DoesNotContain("Cookie", seen.Keys);
    }

    [Fact]
    public async Task The_issuer_sees_its_own_cookie_and_not_ours()
    {
        await using var broker = await TestPlatform.StartServiceAsync(app =>
            app.Map("/{**path}", (Microsoft.AspNetCore.Http.HttpRequest request) => $"[{request.Headers.Cookie}]"));
        await using var gateway = await platform.StartGatewayAsync("http://127.0.0.1:0", $"--Gateway:Services:IdBroker={broker.Urls.Single()}");
        using var browser = (await platform.SignedInAsync()).At(gateway.Urls.First());
        browser.Cookies["__Host-kakehashi-flow"] = "x";
        Assert.Equal($"[__Host-kakehashi-id={browser.Cookies["__Host-kakehashi-id"]}]", (await browser.GetAsync("/id/account")).Body);
        browser.Cookies.Remove("__Host-kakehashi-id");
        Assert.Equal("[]", (await browser.GetAsync("/id/account")).Body);
    }

    [Fact]
    public async Task Two_identities_are_one_too_many()
    {
        using var browser = await platform.SignedInAsync();
        var page = await browser.GetAsync("/api/catalog/biobanks", ("Authorization", "Bearer anything"));
        Assert.Equal((HttpStatusCode.BadRequest, "session.two-identities"), (page.Status, page.Problem));
    }

    public static TheoryData<string, string?, string?, string?, bool> Calls => new()
    {
        // method, Sec-Fetch-Site, Origin (SELF: ours), X-Kakehashi-CSRF, passes
        { "POST", "same-origin", null, "1", true },
        { "PUT", "same-origin", "SELF", "1", true },
        { "DELETE", null, "SELF", "1", true },
        { "PATCH", "same-origin", null, "1", true },
        { "POST", null, null, "1", false },
        { "POST", "same-origin", null, null, false },
        { "POST", "same-origin", null, "0", false },
        { "POST", "same-site", null, "1", false },
        { "POST", "cross-site", "SELF", "1", false },
        { "POST", "none", null, "1", false },
        { "DELETE", null, "https://evil.example", "1", false },
        { "POST", null, "null", "1", false },
        { "PUT", null, "SELF/", "1", false },
        { "QUERY", null, null, null, false },
        { "GET", null, null, null, true },
        { "GET", "cross-site", "https://evil.example", null, true }, // changes nothing, and its answer cannot be read there
        { "HEAD", null, null, null, true },
        { "OPTIONS", null, null, null, true },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task What_changes_something_must_come_from_our_own_pages(string method, string? site, string? origin, string? header, bool passes)
    {
        using var browser = await platform.SignedInAsync();
        var before = platform.Reached.Count;
        var headers = new[] { ("Sec-Fetch-Site", site), ("Origin", origin?.Replace("SELF", platform.Origin, StringComparison.Ordinal)), ("X-Kakehashi-CSRF", header) };

        var page = await browser.SendAsync(new(method), "/api/catalog/x", null, [.. headers.Where(h => h.Item2 is not null).Select(h => (h.Item1, h.Item2!))]);

        Assert.Equal(passes ? HttpStatusCode.OK : HttpStatusCode.Forbidden, page.Status);
        Assert.Equal(passes ? null : "session.cross-site", page.Problem);
        Assert.Equal(passes ? before + 1 : before, platform.Reached.Count);
    }

    [Fact]
    public async Task A_websocket_is_not_opened_by_a_cookie_alone()
    {
        using var browser = await platform.SignedInAsync();
        var page = await browser.GetAsync(
            "/api/catalog/x", ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));
        Assert.Equal("session.cross-site", page.Problem);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_cookie_that_opens_nothing_is_forgotten_and_its_person_told_what_to_do(string cookie)
    {
        using var browser = await platform.BrowserAsync(null);
        browser.Cookies["__Host-kakehashi"] = cookie;
        var page = await browser.SendAsync(HttpMethod.Post, "/api/catalog/x", null, OwnPage);
        Assert.Equal((HttpStatusCode.Unauthorized, "session.ended"), (page.Status, page.Problem));
        Assert.Contains("/session/sign-in", page.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-kakehashi", browser.Cookies.Keys);
    }

    [Fact]
    public async Task Without_cookie_and_token_the_api_asks_for_a_token_as_ever()
    {
        using var browser = await platform.BrowserAsync(null);
        Assert.Equal("token.missing", (await browser.GetAsync("/api/catalog/x")).Problem);
    }

    [Fact]
    public async Task A_session_counts_as_its_account_whoever_else_is_at_its_address()
    {
        await using var gateway = await platform.StartGatewayAsync("http://127.0.0.1:0", "--Gateway:CallerBurst=2", "--Gateway:CallerPerSecond=1");
        using var greedy = (await platform.SignedInAsync("ito")).At(gateway.Urls.First());
        using var again = (await platform.SignedInAsync("ito")).At(gateway.Urls.First());
        using var modest = (await platform.SignedInAsync("mori")).At(gateway.Urls.First());
        var sent = 0;
        while ((await greedy.GetAsync("/api/catalog/x")).Problem != "gateway.too-many-requests")
        {
            Assert.True(++sent < 50, "never refused");
        }

        // The account's bucket, not the session's or the address's.
        Assert.Contains("gateway.too-many-requests", new[] { (await again.GetAsync("/api/catalog/x")).Problem, (await again.GetAsync("/api/catalog/x")).Problem });
        Assert.Equal(HttpStatusCode.OK, (await modest.GetAsync("/api/catalog/x")).Status);
    }

    [Fact]
    public async Task Made_up_cookies_share_the_bucket_of_their_address()
    {
        await using var gateway = await platform.StartGatewayAsync("http://127.0.0.1:0", "--Gateway:CallerBurst=3", "--Gateway:CallerPerSecond=1");
        using var liar = (await platform.BrowserAsync(null)).At(gateway.Urls.First());
        for (var sent = 0; ; sent++)
        {
            Assert.True(sent < 20, "made-up cookies buy new buckets");
            liar.Cookies["__Host-kakehashi"] = CookieSecret.Create().Reveal();
            if ((await liar.GetAsync("/api/catalog/x")).Problem == "gateway.too-many-requests")
            {
                break;
            }
        }
    }

    [Fact]
    public async Task A_stolen_database_opens_nothing()
    {
        using var browser = await platform.SignedInAsync();
        await browser.GetAsync("/api/catalog/x");
        var token = platform.Reached.Last()["Authorization"]["Bearer ".Length..];

        // Whoever reads the row has neither the cookie nor the tokens in it ...
        var row = await platform.AskAsync<string>("SELECT string_agg(s::text, ' ') || string_agg(encode(sealed_tokens, 'escape'), ' ') FROM browser_session s");
        Assert.DoesNotContain(browser.Cookies["__Host-kakehashi"], row!, StringComparison.Ordinal);
        Assert.DoesNotContain(token[..30], row!, StringComparison.Ordinal);

        // ... and whoever writes one cannot put another session's tokens under a cookie of their own.
        var own = CookieSecret.Create();
        await platform.AskAsync<int>(
            """
            INSERT INTO browser_session SELECT @Hash, account, broker_session, sealed_tokens, tokens_expire_at, started_at, last_seen_at
            FROM browser_session ORDER BY started_at DESC LIMIT 1
            """,
            new { own.Hash });
        using var thief = await platform.BrowserAsync(null);
        thief.Cookies["__Host-kakehashi"] = own.Reveal();
        Assert.Equal("session.ended", (await thief.GetAsync("/api/catalog/x")).Problem);
        thief.Cookies["__Host-kakehashi"] = own.Reveal();
        Assert.False((await thief.GetAsync("/session")).Json.GetProperty("signedIn").GetBoolean());
    }
}
