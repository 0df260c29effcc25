using System.Net;
using Kakehashi.Gateway.Sessions;
using Kakehashi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Kakehashi.Gateway.Tests.Sessions;

public sealed class RenewalTests : IAsyncLifetime
{
    private readonly SessionPlatform _platform = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _platform.InitializeAsync();

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task Tokens_are_renewed_while_a_session_is_used_and_only_when_due()
    {
        using var browser = await _platform.SignedInAsync();
        await browser.GetAsync("/api/catalog/x");
        _platform.Clock.Advance(TimeSpan.FromMinutes(3));
        await browser.GetAsync("/api/catalog/x");
        Assert.Equal(1, await RefreshTokensAsync());

        _platform.Clock.Advance(TimeSpan.FromMinutes(1.5));
        await browser.GetAsync("/session");
        Assert.Equal(1, await RefreshTokensAsync()); // to look is not to use

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/catalog/x")).Status);
        Assert.Equal(2, await RefreshTokensAsync());
        var seen = _platform.Reached.Select(headers => headers["Authorization"]).ToList();
        Assert.Equal(seen[0], seen[1]);
        Assert.NotEqual(seen[1], seen[2]);
    }

    [Fact]
    public async Task Forty_requests_at_two_instances_renew_once()
    {
        await using var other = await _platform.StartGatewayAsync();
        using var browser = await _platform.SignedInAsync();
        using var elsewhere = browser.At(other.Urls.First());
        _platform.Clock.Advance(TimeSpan.FromMinutes(6));

        await using var gate = await RowGate.CloseAsync(_platform.ConnectionString, "SELECT 1 FROM browser_session FOR UPDATE", Ct);
        var calls = Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? browser : elsewhere).GetAsync("/api/catalog/x")).ToList();
        await gate.OpenWhenWaitingAsync(2, Ct); // one of each instance; all others wait for these
        var answers = await Task.WhenAll(calls);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(2, await RefreshTokensAsync());
        Assert.Single(_platform.Reached.Select(headers => headers["Authorization"]).Distinct());
        Assert.Equal(0, await _platform.AskBrokerAsync<long>("SELECT count(*) FROM token_family WHERE ended_at IS NOT NULL"));
    }

    [Fact]
    public async Task A_crowd_that_waits_for_one_renewal_leaves_room_for_others()
    {
        await using var small = await _platform.StartGatewayAsync("http://127.0.0.1:0", $"--ConnectionStrings:gateway={_platform.ConnectionString};Maximum Pool Size=5");
        using var crowd = (await _platform.SignedInAsync("ito")).At(small.Urls.First());
        _platform.Clock.Advance(TimeSpan.FromMinutes(6));
        using var other = (await _platform.SignedInAsync("mori")).At(small.Urls.First());

        await using var gate = await RowGate.CloseAsync(_platform.ConnectionString, "SELECT 1 FROM browser_session WHERE account = 'ito' FOR UPDATE", Ct);
        var calls = Enumerable.Range(0, 20).Select(_ => crowd.GetAsync("/api/catalog/x")).ToList();
        await Until.TrueAsync(
            async () => await _platform.AskAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0,
            () => "nobody renews");
        Assert.Equal(HttpStatusCode.OK, (await Until.DoneAsync(other.GetAsync("/api/catalog/x"))).Status);

        await gate.OpenWhenWaitingAsync(1, Ct);
        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
    }

    [Fact]
    public async Task A_session_that_the_issuer_no_longer_renews_has_ended()
    {
        using var browser = await _platform.SignedInAsync();
        await _platform.AskBrokerAsync<int>("UPDATE token_family SET ended_at = now(), end_reason = 'test'");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/catalog/x")).Status);

        _platform.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("session.ended", (await browser.GetAsync("/api/catalog/x")).Problem);
        Assert.Equal(0, await SessionsAsync());
    }

    [Fact]
    public async Task While_the_issuer_is_away_tokens_serve_to_their_end_and_sessions_wait()
    {
        await using var gateway = await _platform.StartGatewayAsync("http://127.0.0.1:0", "--Gateway:Services:IdBroker=http://127.0.0.1:1");
        using var browser = await _platform.SignedInAsync();
        using var elsewhere = browser.At(gateway.Urls.First());
        await elsewhere.GetAsync("/id/warm-up");

        _platform.Clock.Advance(TimeSpan.FromMinutes(4.5));
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/api/catalog/x")).Status);

        _platform.Clock.Advance(TimeSpan.FromMinutes(1.5));
        var away = await elsewhere.GetAsync("/api/catalog/x");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "session.issuer-away"), (away.Status, away.Problem));

        // Nothing is lost: where the issuer can be reached, the session goes on.
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/catalog/x")).Status);
        var page = await elsewhere.GetAsync("/session/sign-in");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("Sign-in is not available", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_an_hour_after_its_last_use_and_looking_is_no_use()
    {
        using var browser = await _platform.SignedInAsync();
        for (var round = 0; round < 3; round++)
        {
            _platform.Clock.Advance(TimeSpan.FromMinutes(50));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/catalog/x")).Status);
        }

        _platform.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.True((await browser.GetAsync("/session")).Json.GetProperty("signedIn").GetBoolean());
        _platform.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False((await browser.GetAsync("/session")).Json.GetProperty("signedIn").GetBoolean());
        Assert.Equal("session.ended", (await browser.GetAsync("/api/catalog/x")).Problem);
    }

    [Fact]
    public async Task A_session_ends_after_eight_hours_however_busy()
    {
        using var browser = await _platform.SignedInAsync();
        for (var hour = 0.5; hour < 8; hour += 0.5)
        {
            _platform.Clock.Advance(TimeSpan.FromHours(0.5));
            Assert.Equal((hour, HttpStatusCode.OK), (hour, (await browser.GetAsync("/api/catalog/x")).Status));
        }

        _platform.Clock.Advance(TimeSpan.FromHours(0.5));
        Assert.Equal("session.ended", (await browser.GetAsync("/api/catalog/x")).Problem);
    }

    [Fact]
    public async Task What_is_over_is_forgotten_and_what_is_not_is_kept()
    {
        using var old = await _platform.SignedInAsync();
        using var begun = await _platform.BrowserAsync();
        await begun.GetAsync("/session/sign-in");
        var upkeep = _platform.Gateway.Services.GetRequiredService<SessionUpkeep>();
        await upkeep.ForgetAsync(Ct);
        Assert.Equal((1, 1), (await SessionsAsync(), await _platform.AskAsync<long>("SELECT count(*) FROM sign_in_flow")));

        _platform.Clock.Advance(SessionRules.Idle);
        using var fresh = await _platform.SignedInAsync();
        await upkeep.ForgetAsync(Ct);
        Assert.Equal((1, 0), (await SessionsAsync(), await _platform.AskAsync<long>("SELECT count(*) FROM sign_in_flow")));
        Assert.Equal(HttpStatusCode.OK, (await fresh.GetAsync("/api/catalog/x")).Status);
    }

    private async Task<long> RefreshTokensAsync() => await _platform.AskBrokerAsync<long>("SELECT count(*) FROM refresh_token");

    private async Task<long> SessionsAsync() => await _platform.AskAsync<long>("SELECT count(*) FROM browser_session");
}
