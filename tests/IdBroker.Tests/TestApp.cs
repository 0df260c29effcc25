using System.Net;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests;

/// <summary>A client that people sign in to, as the broker sees it: proves itself with its key, or (a public one) with DPoP.</summary>
public sealed class TestApp(TestBroker broker, string id, DpopKey? dpop = null)
{
    public string Callback => TestBrowser.Callback(id);

    /// <summary>A code for whoever is signed in with this browser.</summary>
    public async Task<string> CodeAsync(TestBrowser browser, string scope = "openid profile", params (string Name, string? Value)[] changes)
    {
        var page = await browser.AuthorizeAsync(TestBrowser.Ask(id, [("scope", scope), .. changes]));
        return page["code"] ?? throw new InvalidOperationException(page.Location ?? page.Body);
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> RedeemAsync(string code, string? redirectUri = null, string? verifier = null) => TokenAsync(
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri ?? Callback), ("code_verifier", verifier ?? TestBrowser.Verifier));

    public Task<(HttpStatusCode Status, JsonElement Body)> RefreshAsync(string refreshToken, params (string Name, string Value)[] more) =>
        TokenAsync([("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. more]);

    /// <summary>Signs in, all the way.</summary>
    public async Task<JsonElement> SignInAsync(TestBrowser browser, string scope = "openid profile")
    {
        var (status, body) = await RedeemAsync(await CodeAsync(browser, scope));
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        return body;
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> TokenAsync(params (string Name, string Value)[] form) => dpop is null
        ? await broker.AskAsync(id, form)
        : await TestBroker.PostAsync(broker.Http, [("client_id", id), .. form], proof: Proof("POST", "/token"));

    public string Proof(string method, string path, string? token = null) =>
        dpop!.Proof(method, broker.Issuer + path, broker.Clock.GetUtcNow(), token);

    public async Task<(HttpStatusCode Status, JsonElement Body)> UserInfoAsync(string token, string scheme = "Bearer", string? proof = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/userinfo");
        request.Headers.Authorization = new(scheme, token);
        if (proof is not null)
        {
            request.Headers.Add("DPoP", proof);
        }

        using var answer = await broker.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.IsSuccessStatusCode ? JsonElement.Parse(body) : default);
    }

    /// <summary>What a token says, unverified.</summary>
    public static JsonElement ClaimsOf(string token) => JsonElement.Parse(CompactJws.Read(token, out _, allowKeySetUrl: true)!.Payload);
}
