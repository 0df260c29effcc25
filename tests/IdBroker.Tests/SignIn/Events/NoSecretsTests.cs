using System.Net;
using System.Text;
using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.Tests.SignIn.Accounts;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Npgsql;

namespace Kakehashi.IdBroker.Tests.SignIn.Events;

/// <summary>Whatever people and programs prove themselves with, well or badly: nothing of it is in the ledger, nor in the broker's own record.</summary>
public sealed class NoSecretsTests : IAsyncLifetime
{
    private const string WrongPassword = "wrong-horse-battery-staple";

    private readonly LedgerLine _line = new();
    private readonly List<string> _secrets = [Given.Password, WrongPassword, TestBrowser.Verifier];

    private TestBroker Broker => _line.Broker;

    public ValueTask InitializeAsync() => _line.InitializeAsync();

    public ValueTask DisposeAsync() => _line.DisposeAsync();

    [Fact]
    public async Task No_leaf_and_no_line_of_the_record_holds_a_secret()
    {
        await SignInWithPasswordAndCodeAsync();
        await SignInToAppsAsync();
        await ApproveADeviceAsync();
        await ProveClientsAsync();

        await _line.AssertAllDeliveredAsync();
        var leaves = (await _line.StoredAsync()).ConvertAll(Encoding.UTF8.GetString);
        var kinds = leaves.Select(leaf => JsonElement.Parse(leaf).Text("kind")).Distinct().ToList();
        string[] expected = ["sign-in.succeeded", "sign-in.failed", "token-family.revoked", "device.approved", "session.ended", "signing-key.created"];
        Assert.Empty(expected.Except(kinds));
        Assert.True(_secrets.Count > 25);
        var record = await RecordAsync();
        foreach (var secret in _secrets)
        {
            Assert.All(leaves, leaf => Assert.DoesNotContain(secret, leaf, StringComparison.OrdinalIgnoreCase));
            Assert.All(record, line => Assert.DoesNotContain(secret, line, StringComparison.OrdinalIgnoreCase));
        }
    }

    private async Task SignInWithPasswordAndCodeAsync()
    {
        await Broker.GivenAPasswordAsync("real");
        var authenticator = await Broker.GivenAnAuthenticatorAsync("real");
        _secrets.AddRange([Convert.ToHexString(authenticator), Convert.ToBase64String(authenticator)]);
        using var browser = Broker.Browser();
        await browser.EnterPasswordAsync("real", WrongPassword);
        await browser.EnterPasswordAsync(Given.Password, "nobody"); // typed into the wrong field
        await browser.EnterPasswordAsync("real");
        var wrong = Broker.CodeOf(authenticator, 5);
        await browser.EnterCodeAsync(wrong);
        var code = Broker.CodeOf(authenticator);
        var signedIn = await browser.EnterCodeAsync(code);
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.Status);
        Keep(browser.Cookies.Values);
        Keep(await Broker.GivenAnEnrolmentCodeAsync("kato"));
    }

    private async Task SignInToAppsAsync()
    {
        using var browser = await Broker.BrowserAsync("ito");
        Keep(browser.Cookies.Values);
        var portal = new TestApp(Broker, "portal");
        var code = await portal.CodeAsync(browser);
        var tokens = (await portal.RedeemAsync(code)).Body;
        KeepTokens(tokens);
        var refreshed = (await portal.RefreshAsync(tokens.Text("refresh_token")!)).Body;
        KeepTokens(refreshed);
        Assert.Equal(HttpStatusCode.BadRequest, (await portal.RefreshAsync(tokens.Text("refresh_token")!)).Status);
        var replayed = await portal.CodeAsync(browser);
        KeepTokens((await portal.RedeemAsync(replayed)).Body);
        Assert.Equal(HttpStatusCode.BadRequest, (await portal.RedeemAsync(replayed)).Status);
        Keep(code, replayed);

        using var key = new DpopKey();
        var notebook = new TestApp(Broker, "notebook", key);
        var proof = notebook.Proof("POST", "/token");
        Keep(proof.Split('.'));
        KeepTokens(await notebook.SignInAsync(browser));
        await Broker.AskAtAsync("/revoke", "portal", ("token", refreshed.Text("refresh_token")!));
        var page = await browser.GetAsync("/end_session");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        await browser.PostAsync("/end_session", [("confirmed", "yes")]);
    }

    private async Task ApproveADeviceAsync()
    {
        using var key = new DpopKey();
        var notebook = new TestApp(Broker, "notebook", key);
        using var browser = await Broker.BrowserAsync("ito");
        var (status, device) = await TestBroker.PostAsync(Broker.Http, [("client_id", "notebook"), ("scope", "openid")], "/device_authorization");
        Assert.Equal(HttpStatusCode.OK, status);
        Keep(device.Text("device_code")!, device.Text("user_code")!);
        await browser.PostAsync("/device", [("user_code", device.Text("user_code")!), ("decision", "approve")]);
        KeepTokens((await notebook.TokenAsync(
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device.Text("device_code")!))).Body);
    }

    private async Task ProveClientsAsync()
    {
        var assertion = Broker.Assertion("catalog");
        Keep(assertion.Split('.'));
        (string, string)[] form =
        [
            ("grant_type", "client_credentials"), ("audience", Audiences.Platform),
            ("client_assertion_type", ClientAssertion.AssertionType), ("client_assertion", assertion),
        ];
        Keep((await TestBroker.PostAsync(Broker.Http, form)).Body.Text("access_token")!.Split('.'));
        Assert.Equal(HttpStatusCode.Unauthorized, (await TestBroker.PostAsync(Broker.Http, form)).Status);
        var token = await Broker.AccountTokenAsync("mori");
        Keep(token.Split('.'));
        using var rotation = new HttpRequestMessage(HttpMethod.Post, "/keys/rotation") { Headers = { Authorization = new("Bearer", token) } };
        Assert.Equal(HttpStatusCode.OK, (await Broker.Http.SendAsync(rotation, TestContext.Current.CancellationToken)).StatusCode);
    }

    private void KeepTokens(JsonElement tokens)
    {
        Keep(tokens.Text("access_token")!.Split('.'));
        Keep(tokens.Text("refresh_token")!);
    }

    private void Keep(params IEnumerable<string> secrets) => _secrets.AddRange(secrets.Where(secret => secret.Length > 5));

    private async Task<List<string>> RecordAsync()
    {
        await using var connection = new NpgsqlConnection(Broker.ConnectionString);
        return (await connection.QueryAsync<string>("SELECT concat_ws(' ', actor, action, subject, reason) FROM audit_event ORDER BY audit_event_id")).AsList();
    }
}
