using System.Net;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class RefreshGrantTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private readonly TestApp _portal = new(broker, "portal");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refresh_token_works_once_and_brings_its_successor()
    {
        var first = await TokensAsync();

        var (status, second) = await _portal.RefreshAsync(first.Text("refresh_token")!);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual(first.Text("refresh_token"), second.Text("refresh_token"));
        Assert.Equal(
            TestApp.ClaimsOf(first.Text("access_token")!).GetProperty("auth_time").ToString(),
            TestApp.ClaimsOf(second.Text("access_token")!).GetProperty("auth_time").ToString()); // refreshing is not signing in
    }

    [Fact]
    public async Task A_used_refresh_token_ends_the_whole_family()
    {
        var first = await TokensAsync();
        var (_, second) = await _portal.RefreshAsync(first.Text("refresh_token")!);

        Assert.Equal("invalid_grant", (await _portal.RefreshAsync(first.Text("refresh_token")!)).Body.Text("error"));

        Assert.Equal("invalid_grant", (await _portal.RefreshAsync(second.Text("refresh_token")!)).Body.Text("error"));
        Assert.Contains(await broker.EventsAsync("token-family.revoked"), leaf => leaf.Contains("refresh-token-replayed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_uses_at_once_one_succeeds_and_both_end()
    {
        var refresh = (await TokensAsync()).Text("refresh_token")!;
        await using var gate = await RowGate.CloseAsync(broker.ConnectionString, "SELECT 1 FROM refresh_token FOR UPDATE", Ct);

        var uses = new[] { _portal.RefreshAsync(refresh), _portal.RefreshAsync(refresh) };
        await gate.OpenWhenWaitingAsync(2, Ct);
        var answers = await Task.WhenAll(uses);

        var good = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal("invalid_grant", (await _portal.RefreshAsync(good.Body.Text("refresh_token")!)).Body.Text("error"));
    }

    [Fact]
    public async Task Another_clients_refresh_token_is_nothing()
    {
        var refresh = (await TokensAsync()).Text("refresh_token")!;

        Assert.Equal("invalid_grant", (await new TestApp(broker, "other-app").RefreshAsync(refresh)).Body.Text("error"));
        Assert.Equal(HttpStatusCode.OK, (await _portal.RefreshAsync(refresh)).Status);
    }

    [Fact]
    public async Task Scope_can_only_be_narrowed()
    {
        var refresh = (await TokensAsync()).Text("refresh_token")!;

        Assert.Equal("invalid_scope", (await _portal.RefreshAsync(refresh, ("scope", "openid ga4gh_passport_v1"))).Body.Text("error"));
        Assert.Equal("openid", (await _portal.RefreshAsync(refresh, ("scope", "openid"))).Body.Text("scope"));
    }

    [Fact]
    public async Task Refreshing_keeps_a_session_awake_until_it_is_eight_hours_old()
    {
        var tokens = await TokensAsync();
        for (var minutes = 0; minutes < 8 * 60 - 50; minutes += 50)
        {
            broker.Clock.Advance(TimeSpan.FromMinutes(50));
            (var status, tokens) = await _portal.RefreshAsync(tokens.Text("refresh_token")!);
            Assert.True(status == HttpStatusCode.OK, $"after {minutes + 50} minutes: {tokens}");
        }

        broker.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal("invalid_grant", (await _portal.RefreshAsync(tokens.Text("refresh_token")!)).Body.Text("error"));
    }

    [Fact]
    public async Task An_idle_session_is_not_woken()
    {
        var tokens = await TokensAsync();
        broker.Clock.Advance(TimeSpan.FromMinutes(60));

        Assert.Equal("invalid_grant", (await _portal.RefreshAsync(tokens.Text("refresh_token")!)).Body.Text("error"));
    }

    [Fact]
    public async Task A_revoked_token_is_nothing_and_whose_it_was_is_not_told()
    {
        var tokens = await TokensAsync();
        var refresh = tokens.Text("refresh_token")!;

        Assert.Equal(HttpStatusCode.OK, (await broker.AskAtAsync("/revoke", "other-app", ("token", refresh))).Status);
        var (_, next) = await _portal.RefreshAsync(refresh);
        Assert.Equal(HttpStatusCode.OK, (await broker.AskAtAsync("/revoke", "portal", ("token", next.Text("refresh_token")!))).Status);
        Assert.Equal(HttpStatusCode.OK, (await broker.AskAtAsync("/revoke", "portal", ("token", "unheard-of"))).Status);

        Assert.Equal("invalid_grant", (await _portal.RefreshAsync(next.Text("refresh_token")!)).Body.Text("error"));
        Assert.Equal("unsupported_token_type", (await broker.AskAtAsync("/revoke", "portal", ("token", tokens.Text("access_token")!))).Body.Text("error"));
    }

    [Fact]
    public async Task Introspection_knows_what_has_ended_meanwhile()
    {
        using var browser = await broker.BrowserAsync("ito");
        var tokens = await _portal.SignInAsync(browser);
        var active = await IntrospectAsync("checker", tokens.Text("access_token")!);
        Assert.Equal((true, "ito", "portal"), (active.GetProperty("active").GetBoolean(), active.Text("sub"), active.Text("client_id")));
        Assert.True((await IntrospectAsync("checker", tokens.Text("refresh_token")!)).GetProperty("active").GetBoolean());
        Assert.Equal("""{"active":false}""", (await IntrospectAsync("portal", tokens.Text("access_token")!)).ToString()); // has no permission to ask

        await browser.GetAsync($"/end_session?id_token_hint={tokens.Text("id_token")}");

        Assert.Equal("""{"active":false}""", (await IntrospectAsync("checker", tokens.Text("access_token")!)).ToString());
        Assert.Equal("""{"active":false}""", (await IntrospectAsync("checker", tokens.Text("refresh_token")!)).ToString());
        Assert.Equal("""{"active":false}""", (await IntrospectAsync("checker", "x.y.z")).ToString());
    }

    private async Task<JsonElement> IntrospectAsync(string client, string token) => (await broker.AskAtAsync("/introspect", client, ("token", token))).Body;

    private async Task<JsonElement> TokensAsync()
    {
        using var browser = await broker.BrowserAsync("ito");
        return await _portal.SignInAsync(browser);
    }
}
