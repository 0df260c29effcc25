using System.Net;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class DeviceTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Fact]
    public async Task A_device_waits_for_its_person_and_then_gets_tokens_bound_to_its_key()
    {
        using var key = new DpopKey();
        var notebook = new TestApp(broker, "notebook", key);
        var device = await StartAsync();
        Assert.Equal("authorization_pending", (await PollAsync(notebook, device)).Body.Text("error"));
        using var browser = await broker.BrowserAsync(null);

        var page = await browser.GetAsync($"/device?user_code={device.Text("user_code")}");
        Assert.True(page.LeadsTo($"{broker.Issuer}/sign-in?request="));
        await broker.SignInAsync(browser, "ito");
        var resumed = await browser.GetAsync($"/authorize/resume?request={page["request"]}");
        Assert.Equal($"/device?user_code={device.Text("user_code")}", resumed.Location);
        Assert.Contains("The notebook", (await browser.GetAsync(resumed.Location!)).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await DecideAsync(browser, device.Text("user_code")!, "approve")).Status);

        var (status, tokens) = await PollAsync(notebook, device);
        Assert.Equal((HttpStatusCode.OK, "DPoP"), (status, tokens.Text("token_type")));
        Assert.Equal("ito", TestApp.ClaimsOf(tokens.Text("access_token")!).Text("sub"));
        Assert.Equal("invalid_grant", (await PollAsync(notebook, device)).Body.Text("error")); // once
        Assert.Equal(HttpStatusCode.OK, (await notebook.RefreshAsync(tokens.Text("refresh_token")!)).Status);
    }

    [Fact]
    public async Task Who_asks_too_often_is_slowed_down()
    {
        using var key = new DpopKey();
        var notebook = new TestApp(broker, "notebook", key);
        var device = await StartAsync();

        Assert.Equal("authorization_pending", (await PollAsync(notebook, device)).Body.Text("error"));
        Assert.Equal("slow_down", (await PollAsync(notebook, device)).Body.Text("error"));
        broker.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("slow_down", (await PollAsync(notebook, device)).Body.Text("error")); // ten seconds by now
        broker.Clock.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal("authorization_pending", (await PollAsync(notebook, device)).Body.Text("error"));
    }

    [Fact]
    public async Task A_refused_device_hears_it_and_a_late_one_too()
    {
        using var key = new DpopKey();
        var notebook = new TestApp(broker, "notebook", key);
        var (refused, late) = (await StartAsync(), await StartAsync());
        using var browser = await broker.BrowserAsync("ito");

        await DecideAsync(browser, refused.Text("user_code")!, "deny");
        Assert.Equal("access_denied", (await PollAsync(notebook, refused)).Body.Text("error"));

        broker.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("expired_token", (await PollAsync(notebook, late)).Body.Text("error"));
        Assert.Equal(HttpStatusCode.NotFound, (await DecideAsync(await broker.BrowserAsync("ito"), late.Text("user_code")!, "approve")).Status);
    }

    [Theory]
    [InlineData("AAAA-AAAA")]
    [InlineData("")]
    [InlineData("%")]
    public async Task A_code_that_nobody_waits_with_is_refused(string code)
    {
        using var browser = await broker.BrowserAsync("ito");

        Assert.Equal(HttpStatusCode.NotFound, (await DecideAsync(browser, code, "approve")).Status);
    }

    [Fact]
    public async Task Another_site_cannot_approve_a_device_for_somebody()
    {
        var device = await StartAsync();
        using var browser = await broker.BrowserAsync("ito");
        (string, string)[] form = [("user_code", device.Text("user_code")!), ("decision", "approve")];

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/device", form, site: "cross-site")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/device", form, site: null)).Status);
    }

    [Theory]
    [InlineData("portal", "openid", "invalid_client")]
    [InlineData("notebook", "everything", "invalid_scope")]
    [InlineData("notebook", "", "invalid_scope")]
    public async Task A_device_asks_for_what_its_client_may(string client, string scope, string error) => Assert.Equal(
        error, (await TestBroker.PostAsync(broker.Http, [("client_id", client), ("scope", scope)], "/device_authorization")).Body.Text("error"));

    private async Task<JsonElement> StartAsync() =>
        (await TestBroker.PostAsync(broker.Http, [("client_id", "notebook"), ("scope", "openid")], "/device_authorization")).Body;

    private static Task<(HttpStatusCode Status, JsonElement Body)> PollAsync(TestApp app, JsonElement device) => app.TokenAsync(
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device.Text("device_code")!));

    private static Task<TestBrowser.Page> DecideAsync(TestBrowser browser, string code, string decision) =>
        browser.PostAsync("/device", [("user_code", code), ("decision", decision)]);
}
