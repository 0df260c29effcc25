using System.Security.Cryptography;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.OutsideChecks;

/// <summary>Two certified relying parties sign people in here, with all that a client may do, and what it may not.</summary>
public sealed class RelyingPartyTests(TestBroker broker) : IClassFixture<TestBroker>
{
    public static TheoryData<string> Libraries => ["openid-client.mjs", "oauth4webapi.mjs"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_client_with_a_key_signs_a_person_in_and_renews_until_a_token_is_used_twice(string library)
    {
        var result = await RunAsync(library, "portal");
        SaysWho(result, "Bearer");
        Assert.Equal("invalid_grant", result.Text("reused"));
        Assert.Equal("invalid_grant", result.Text("afterwards"));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_pushed_request_does_the_same_and_the_person_signs_out(string library)
    {
        var result = await RunAsync(library, "portal", pushed: true, signOut: true);
        SaysWho(result, "Bearer");
        Assert.Equal("https://portal.example/bye?state=bye", result.Text("signedOut"));
        Assert.Equal("invalid_grant", result.Text("afterwards"));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_public_client_gets_tokens_that_only_its_own_key_can_use(string library)
    {
        var result = await RunAsync(library, "notebook");
        SaysWho(result, "DPoP");
        Assert.StartsWith("401", result.Text("unbound"), StringComparison.Ordinal);
        Assert.Equal("invalid_grant", result.Text("reused"));
        Assert.Equal("invalid_grant", result.Text("afterwards"));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_device_without_a_browser_waits_for_its_person(string library)
    {
        var result = await RunAsync(library, "notebook", device: true);
        SaysWho(result, "DPoP");
        Assert.Equal("invalid_grant", result.Text("reused"));
    }

    private static void SaysWho(JsonElement result, string tokenType)
    {
        Assert.Equal("ito", result.GetProperty("idToken").Text("sub"));
        Assert.Equal("伊藤", result.GetProperty("userinfo").Text("name"));
        Assert.Equal(tokenType, result.Text("tokenType"), ignoreCase: true);
        Assert.True(result.GetProperty("renewed").GetBoolean());
    }

    private async Task<JsonElement> RunAsync(string library, string client, bool pushed = false, bool signOut = false, bool device = false)
    {
        var settings = new
        {
            broker.Issuer,
            client = new { id = client, key = KeyOf(client), kid = broker.Keys.GetValueOrDefault(client)?.Public.Kid },
            redirectUri = TestBrowser.Callback(client),
            afterSignOut = $"https://{client}.example/bye",
            scope = "openid profile",
            pushed,
            signOut,
            device,
        };
        await using var party = NodeScript.Start(library, JsonSerializer.Serialize(settings, JsonSerializerOptions.Web));
        using var browser = await broker.BrowserAsync("ito");
        for (var said = await party.NextAsync(Ct); ;)
        {
            if (said.TryGetProperty("result", out var result))
            {
                return result;
            }

            said = await party.AskAsync(new { url = await VisitAsync(browser, said) }, Ct);
        }
    }

    /// <summary>Goes where the party sends the person, approving a device when asked; where the browser comes to in the end.</summary>
    private async Task<string?> VisitAsync(TestBrowser browser, JsonElement said)
    {
        var page = await browser.GetAsync(said.Text("visit")!);
        if (said.Text("userCode") is { } code)
        {
            page = await browser.PostAsync("/device", [("user_code", code), ("decision", "approve")]);
        }

        while (page.LeadsTo(broker.Issuer))
        {
            page = await browser.GetAsync(page.Location!);
        }

        return page.Location;
    }

    private string? KeyOf(string client)
    {
        if (!broker.Keys.TryGetValue(client, out var key))
        {
            return null;
        }

        using var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(key.ExportPrivate(), out _);
        return ec.ExportPkcs8PrivateKeyPem();
    }
}
