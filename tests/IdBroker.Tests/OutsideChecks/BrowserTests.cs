using System.Net;
using System.Net.Sockets;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;

namespace Kakehashi.IdBroker.Tests.OutsideChecks;

/// <summary>What the pages rely on a browser for, also without TLS on this machine: cookies tied to one host, and passkeys.</summary>
public sealed class BrowserTests(Browser browser) : IAsyncLifetime
{
    private const string MakePasskey = """
        async () => {
          const made = await navigator.credentials.create({ publicKey: {
            challenge: new Uint8Array(16), rp: { name: 'test' }, user: { id: new Uint8Array([7]), name: 'ito', displayName: 'Ito' },
            pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
            authenticatorSelection: { residentKey: 'required', userVerification: 'required' } } });
          return made.type;
        }
        """;

    private const string UsePasskey = """
        async () => {
          const used = await navigator.credentials.get({ publicKey: { challenge: new Uint8Array(16), userVerification: 'required' } });
          return new Uint8Array(used.response.userHandle)[0];
        }
        """;

    private WebApplication _app = null!;

    private string Address => _app.Urls.Single();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://localhost:{port}");
        _app = builder.Build();
        _app.MapGet("/", (HttpContext context) =>
        {
            var seen = context.Request.Cookies["__Host-visit"] ?? "nothing";
            context.Response.Cookies.Append(
                "__Host-visit", "seen", new() { HttpOnly = true, Secure = true, Path = "/", SameSite = SameSiteMode.Lax });
            return Page(seen);
        });
        await _app.StartAsync(Ct);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public Task A_host_cookie_set_on_localhost_comes_back() => browser.VisitAsync(
        async visit =>
        {
            await visit.Page.GotoAsync(Address);
            Assert.Equal("nothing", await visit.Page.InnerTextAsync("main"));
            await visit.Page.ReloadAsync();
            Assert.Equal("seen", await visit.Page.InnerTextAsync("main"));
        },
        Ct);

    [Fact]
    public async Task Two_visits_share_no_cookies()
    {
        for (var visits = 0; visits < 2; visits++)
        {
            await browser.VisitAsync(
                async visit =>
                {
                    await visit.Page.GotoAsync(Address);
                    Assert.Equal("nothing", await visit.Page.InnerTextAsync("main"));
                },
                Ct);
        }
    }

    [Fact]
    public Task A_passkey_is_made_and_used_by_a_played_device() => browser.VisitAsync(
        async visit =>
        {
            await visit.Page.GotoAsync(Address);
            var device = await visit.AddPasskeyDeviceAsync();
            Assert.Equal("public-key", await visit.Page.EvaluateAsync<string>(MakePasskey));
            Assert.Equal("localhost", Assert.Single(await device.PasskeysAsync()).GetProperty("rpId").GetString());
            Assert.Equal(7, await visit.Page.EvaluateAsync<int>(UsePasskey));
        },
        Ct);

    private static ContentHttpResult Page(string text) => TypedResults.Content($"<!doctype html><title>test</title><main>{text}</main>", "text/html");
}
