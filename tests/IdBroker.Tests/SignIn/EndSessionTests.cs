using System.Collections.Concurrent;
using System.Net;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class EndSessionTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly TestBroker _broker = new();
    private WebApplication _portalServer = null!;
    private TestApp _portal = null!;
    private int _deaf;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _portalServer = builder.Build();
        _portalServer.MapPost("/signed-out", async (HttpRequest request) =>
        {
            if (Interlocked.Decrement(ref _deaf) >= 0)
            {
                return Results.StatusCode(503);
            }

            _heard.Enqueue((await request.ReadFormAsync())["logout_token"].ToString());
            return Results.Ok();
        });
        await _portalServer.StartAsync(TestContext.Current.CancellationToken);
        _broker.BackChannel = $"{_portalServer.Urls.Single()}/signed-out";
        await _broker.InitializeAsync();
        _portal = new(_broker, "portal");
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _portalServer.DisposeAsync();
    }

    [Fact]
    public async Task With_its_id_token_a_client_signs_its_person_out_and_gets_them_back()
    {
        using var browser = await _broker.BrowserAsync("ito");
        var tokens = await _portal.SignInAsync(browser);

        var page = await browser.GetAsync(
            $"/end_session?id_token_hint={tokens.Text("id_token")}&post_logout_redirect_uri=https%3A%2F%2Fportal.example%2Fbye&state=s1");

        Assert.Equal("https://portal.example/bye?state=s1", page.Location);
        Assert.Empty(browser.Cookies);
        Assert.Equal("invalid_grant", (await _portal.RefreshAsync(tokens.Text("refresh_token")!)).Body.Text("error"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await _portal.UserInfoAsync(tokens.Text("access_token")!)).Status);
        Assert.Single(await _broker.EventsAsync("session.ended"));
    }

    [Fact]
    public async Task Without_it_the_person_is_asked()
    {
        using var browser = await _broker.BrowserAsync("ito");
        await _portal.SignInAsync(browser);

        var asked = await browser.GetAsync("/end_session?client_id=portal&post_logout_redirect_uri=https%3A%2F%2Fportal.example%2Fbye");
        Assert.Equal((HttpStatusCode.OK, null), (asked.Status, asked.Location));
        Assert.NotEmpty(browser.Cookies);

        (string, string)[] form = [("confirmed", "yes"), ("client_id", "portal"), ("post_logout_redirect_uri", "https://portal.example/bye")];
        await browser.PostAsync("/end_session", form, site: "cross-site");
        Assert.NotEmpty(browser.Cookies);
        Assert.Equal("https://portal.example/bye", (await browser.PostAsync("/end_session", form)).Location);
        Assert.Empty(browser.Cookies);
    }

    [Theory]
    [InlineData("client_id=portal&post_logout_redirect_uri=https%3A%2F%2Felsewhere.example%2F")]
    [InlineData("post_logout_redirect_uri=https%3A%2F%2Fportal.example%2Fbye")]
    [InlineData("id_token_hint=a.b.c")]
    public async Task Nobody_is_sent_to_an_address_that_is_not_registered(string query)
    {
        using var browser = await _broker.BrowserAsync("ito");

        var page = await browser.GetAsync($"/end_session?{query}");

        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Location));
        Assert.NotEmpty(browser.Cookies);
    }

    [Fact]
    public async Task Every_client_of_the_session_is_told_until_it_has_heard()
    {
        _deaf = 1;
        using var browser = await _broker.BrowserAsync("ito");
        var tokens = await _portal.SignInAsync(browser);

        await browser.GetAsync($"/end_session?id_token_hint={tokens.Text("id_token")}");
        await UntilHeardAsync();

        var token = Assert.Single(_heard);
        Assert.Equal("logout+jwt", CompactJws.Read(token, out _)!.Type);
        var claims = TestApp.ClaimsOf(token);
        Assert.Equal(
            (_broker.Issuer, "portal", "ito", TestApp.ClaimsOf(tokens.Text("id_token")!).Text("sid")),
            (claims.Text("iss"), claims.Text("aud"), claims.Text("sub"), claims.Text("sid")));
        Assert.True(claims.GetProperty("events").TryGetProperty("http://schemas.openid.net/event/backchannel-logout", out _));
        Assert.False(claims.TryGetProperty("nonce", out _));
        Assert.Null(Verified(token));
    }

    private string? Verified(string token)
    {
        var ring = _broker.Services.GetRequiredService<Kakehashi.IdBroker.SignIn.Keys.KeyRing>();
        var jws = CompactJws.Read(token, out _)!;
        var key = ring.FindAsync(jws.KeyId!, CancellationToken.None).AsTask().GetAwaiter().GetResult().Key!;
        return TokenVerifier.Verify(
            jws, key, new(_broker.Issuer, "portal") { Type = "logout+jwt", Claims = ["sub", "sid", "jti"] }, _broker.Clock.GetUtcNow()).Refusal;
    }

    private async Task UntilHeardAsync()
    {
        for (var round = 0; _heard.IsEmpty && round < 300; round++)
        {
            _broker.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
