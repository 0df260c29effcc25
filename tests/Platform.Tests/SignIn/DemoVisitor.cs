using System.Text.Json;
using Kakehashi.AppHost.Platform;
using Kakehashi.TestKit;
using Microsoft.Playwright;

namespace Kakehashi.Platform.Tests.SignIn;

/// <summary>A demo person in a browser, who signs in as <c>./kakehashi up</c> tells them to, and calls the API as the Portal's script does.</summary>
internal sealed class DemoVisitor(TestPlatform platform, Visit visit)
{
    private readonly string _origin = platform.Local.Front.GetLeftPart(UriPartial.Authority);

    public IPage Page => visit.Page;

    public async Task SignInAsync(string account)
    {
        await Page.GotoAsync($"{_origin}/session/sign-in?return=/page");
        await Page.GetByLabel("User name", new() { Exact = true }).FillAsync(account);
        await Page.GetByLabel("Password", new() { Exact = true }).FillAsync(DemoSecrets.Password(platform.Folder));
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Page.Locator("#code").FillAsync(DemoSecrets.Code(platform.Folder, account, TimeProvider.System.GetUtcNow())!);
        await Page.Keyboard.PressAsync("Enter");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Agree", Exact = true }).ClickAsync();
        await Page.WaitForURLAsync($"{_origin}/page");

        // A page of ours, until the Portal has some.
        await Page.RouteAsync($"{_origin}/page", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<title>A page</title>" }));
        await Page.GotoAsync($"{_origin}/page");
    }

    public async Task<(int Status, JsonElement Body)> CallAsync(string path, string method = "GET", object? body = null)
    {
        var text = await Page.EvaluateAsync<string>(
            """
            async ({ path, method, body }) => {
                const headers = { 'X-Kakehashi-CSRF': '1', ...(body ? { 'Content-Type': 'application/json' } : {}) };
                const answer = await fetch(path, { method, headers, body: body ?? undefined });
                return JSON.stringify({ status: answer.status, body: await answer.json() });
            }
            """,
            new { path, method, body = body is null ? null : JsonSerializer.Serialize(body, ServiceDefaults.ServiceDefaultsExtensions.Json) });
        var answer = JsonElement.Parse(text);
        return (answer.GetProperty("status").GetInt32(), answer.GetProperty("body"));
    }
}
