using System.Text.Json;
using Kakehashi.Gateway.Sessions;
using Kakehashi.TestKit;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Browser))]

namespace Kakehashi.Gateway.Tests.Sessions;

/// <summary>Sessions as a person's own browser keeps them, with a page that calls the API as the Portal does.</summary>
public sealed class InBrowserTests(Browser browser) : IAsyncLifetime
{
    private readonly SessionPlatform _platform = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _platform.InitializeAsync();

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public Task A_person_signs_in_and_no_script_can_reach_what_it_stands_for() => browser.VisitAsync(
        async visit =>
        {
            await SignInAsync(visit);
            Assert.Equal("ito", (await CallAsync(visit, "/session")).Body.GetProperty("account").GetString());
            Assert.Equal(200, (await CallAsync(visit, "/api/catalog/searches", "POST")).Status);
            Assert.Equal("session.cross-site", (await CallAsync(visit, "/api/catalog/searches", "POST", header: false)).Problem);
            Assert.Equal("|0|0", await visit.Page.EvaluateAsync<string>("`${document.cookie}|${localStorage.length}|${sessionStorage.length}`"));

            var cookie = Assert.Single(await visit.Context.CookiesAsync(), cookie => cookie.Name == SessionCookies.Session);
            Assert.Equal((true, true, SameSiteAttribute.Lax, "/", -1f), (cookie.HttpOnly, cookie.Secure, cookie.SameSite, cookie.Path, cookie.Expires));
        },
        Ct);

    [Fact]
    public Task After_an_hour_without_use_the_person_is_asked_to_sign_in_again() => browser.VisitAsync(
        async visit =>
        {
            await SignInAsync(visit);
            _platform.Clock.Advance(SessionRules.Idle);
            var ended = await CallAsync(visit, "/api/catalog/searches");
            Assert.Equal((401, "session.ended"), (ended.Status, ended.Problem));
            Assert.DoesNotContain(await visit.Context.CookiesAsync(), cookie => cookie.Name == SessionCookies.Session);

            await SignInAsync(visit, agrees: false); // with the password again; the agreement is remembered
            Assert.Equal(200, (await CallAsync(visit, "/api/catalog/searches")).Status);
        },
        Ct);

    [Fact]
    public Task Signing_out_everywhere_ends_the_session_of_another_browser() => browser.VisitAsync(
        async here =>
        {
            await SignInAsync(here);
            await browser.VisitAsync(
                async there =>
                {
                    await SignInAsync(there, agrees: false);
                    Assert.Equal(200, (await CallAsync(there, "/api/catalog/searches")).Status);

                    await here.Page.GotoAsync($"{_platform.Issuer}/account");
                    await here.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).ClickAsync();
                    await Until.TrueAsync(
                        async () =>
                        {
                            _platform.Clock.Advance(TimeSpan.FromMilliseconds(100)); // the notice is due
                            return await _platform.AskAsync<long>("SELECT count(*) FROM browser_session") == 0;
                        },
                        () => "sessions go on");

                    Assert.Equal("session.ended", (await CallAsync(there, "/api/catalog/searches")).Problem);
                },
                Ct);
            await OpenPageAsync(here);
            Assert.Equal("session.ended", (await CallAsync(here, "/api/catalog/searches")).Problem);
        },
        Ct);

    [Fact]
    public Task Signing_out_leads_back_without_questions() => browser.VisitAsync(
        async visit =>
        {
            await SignInAsync(visit);
            var url = (await CallAsync(visit, "/session/sign-out", "POST")).Body.GetProperty("endSessionUrl").GetString()!;
            await visit.Page.GotoAsync(url);
            Assert.Equal($"{_platform.Origin}/", visit.Page.Url);
            Assert.Equal(["__Host-kakehashi-browser"], (await visit.Context.CookiesAsync()).Select(cookie => cookie.Name)); // it opens nothing

            await visit.Page.GotoAsync($"{_platform.Origin}/session/sign-in");
            await visit.Page.GetByLabel("User name", new() { Exact = true }).WaitForAsync();
        },
        Ct);

    /// <summary>A page of ours, until the Portal has some.</summary>
    private async Task OpenPageAsync(Visit visit)
    {
        await visit.Page.RouteAsync($"{_platform.Origin}/page", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<title>A page</title>" }));
        await visit.Page.GotoAsync($"{_platform.Origin}/page");
    }

    private async Task SignInAsync(Visit visit, bool agrees = true)
    {
        await visit.Page.GotoAsync($"{_platform.Origin}/session/sign-in?return=/page");
        await visit.Page.GetByLabel("User name", new() { Exact = true }).FillAsync("ito");
        await visit.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(SessionPlatform.Password);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        if (agrees)
        {
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Agree", Exact = true }).ClickAsync();
        }

        await visit.Page.WaitForURLAsync($"{_platform.Origin}/page");
        await OpenPageAsync(visit); // where a redirect leads, Playwright puts no page of its own
    }

    private static async Task<Answer> CallAsync(Visit visit, string path, string method = "GET", bool header = true)
    {
        var text = await visit.Page.EvaluateAsync<string>(
            """
            async ({ path, method, header }) => {
                const answer = await fetch(path, { method, headers: header ? { 'X-Kakehashi-CSRF': '1' } : {} });
                return JSON.stringify({ status: answer.status, body: await answer.json() });
            }
            """,
            new { path, method, header });
        var answer = JsonElement.Parse(text);
        return new(answer.GetProperty("status").GetInt32(), answer.GetProperty("body"));
    }

    private sealed record Answer(int Status, JsonElement Body)
    {
        public string? Problem => Body.TryGetProperty("type", out var type) ? type.GetString()!.Replace("urn:kakehashi:problem:", "", StringComparison.Ordinal) : null;
    }
}
