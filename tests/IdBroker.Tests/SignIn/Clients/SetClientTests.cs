using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn.Clients;

/// <summary>What operators do with clients while the platform runs.</summary>
public sealed class SetClientTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private static int _count;

    private readonly string _id = $"hospital-{Interlocked.Increment(ref _count)}";
    private readonly SigningKey _key = SigningKey.Create();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_registered_client_gets_tokens_at_once_at_every_instance_and_a_disabled_one_none()
    {
        using var other = (await broker.StartAsync()).Http;
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(other));

        Assert.Equal(HttpStatusCode.Created, (await SetAsync(Machine())).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(other));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(broker.Http));

        var disabled = await SendAsync(HttpMethod.Post, $"/clients/{_id}/disabled");
        Assert.False((await ReadAsync(disabled)).Enabled);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(other));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(broker.Http));

        Assert.True((await ReadAsync(await SetAsync(Machine()))).Enabled);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(other));
        Assert.Equal(["mori client.registered", "mori client.disabled", "mori client.changed"], await broker.AuditAsync(_id));
    }

    [Fact]
    public async Task A_new_key_counts_and_the_old_one_no_longer_at_every_instance()
    {
        using var other = (await broker.StartAsync()).Http;
        await SetAsync(Machine());
        Assert.Equal(HttpStatusCode.OK, await AskAsync(other));
        using var next = SigningKey.Create();

        var replaced = await SendAsync(HttpMethod.Post, $"/clients/{_id}/key", new JsonObject { ["publicKey"] = Jwk(next) });

        Assert.Equal(next.KeyId, (await ReadAsync(replaced)).PublicKey!.Value.Text("kid"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(other));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(other, next));
        Assert.Contains("key-replaced", Assert.Single(await EventsAsync("client.changed")), StringComparison.Ordinal);
        await SendAsync(HttpMethod.Post, $"/clients/{_id}/key", new JsonObject { ["publicKey"] = Jwk(next) });
        Assert.Single(await EventsAsync("client.changed"));
    }

    [Fact]
    public async Task A_changed_address_counts_at_once_at_every_instance()
    {
        using var other = (await broker.StartAsync()).Http;
        using var browser = new TestBrowser(other.BaseAddress!);
        await SetAsync(App("https://app.example/one"));
        Assert.Equal(HttpStatusCode.Redirect, await AuthorizeAsync("https://app.example/one"));

        await SetAsync(App("https://app.example/two"));

        Assert.Equal(HttpStatusCode.Redirect, await AuthorizeAsync("https://app.example/two"));
        Assert.Equal(HttpStatusCode.BadRequest, await AuthorizeAsync("https://app.example/one"));
        Assert.Equal(HttpStatusCode.BadRequest, await AuthorizeAsync("https://app.example/two/"));
        await SendAsync(HttpMethod.Post, $"/clients/{_id}/disabled");
        Assert.Equal(HttpStatusCode.BadRequest, await AuthorizeAsync("https://app.example/two"));

        async Task<HttpStatusCode> AuthorizeAsync(string address) =>
            (await browser.AuthorizeAsync(TestBrowser.Ask(_id, ("redirect_uri", address)))).Status;
    }

    [Fact]
    public async Task What_a_disabled_client_could_refresh_has_ended()
    {
        using var key = new DpopKey();
        await SetAsync(App(TestBrowser.Callback(_id)));
        var app = new TestApp(broker, _id, key);
        using var browser = await broker.BrowserAsync("ito");
        var tokens = await app.SignInAsync(browser, "openid");

        await SendAsync(HttpMethod.Post, $"/clients/{_id}/disabled");
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RefreshAsync(tokens.Text("refresh_token")!)).Status);
        await SetAsync(App(TestBrowser.Callback(_id)));

        Assert.Equal(HttpStatusCode.BadRequest, (await app.RefreshAsync(tokens.Text("refresh_token")!)).Status);
    }

    [Fact]
    public async Task An_entry_that_changes_nothing_is_no_event()
    {
        await SetAsync(Machine());

        Assert.Equal(HttpStatusCode.OK, (await SetAsync(Machine())).StatusCode);

        Assert.Equal(["mori client.registered"], await broker.AuditAsync(_id));
    }

    [Fact]
    public async Task Operators_see_all_clients_and_who_keeps_each()
    {
        await SetAsync(Machine());

        var all = (await (await SendAsync(HttpMethod.Get, "/clients")).Content.ReadFromJsonAsync<ListClients.Response>(ServiceDefaultsExtensions.Json, Ct))!.Clients;
        var one = await ReadAsync(await SendAsync(HttpMethod.Get, $"/clients/{_id}"));

        Assert.Equal(all.Select(client => client.Id).Order(StringComparer.Ordinal), all.Select(client => client.Id));
        Assert.Equal("file", all.Single(client => client.Id == "catalog").ManagedBy);
        Assert.Equal((_id, "operator", true), (one.Id, one.ManagedBy, one.Enabled));
        Assert.Equal(_key.KeyId, one.PublicKey!.Value.Text("kid"));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, "/clients/nobody")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, "/clients/%01")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Post, "/clients/nobody/disabled")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Post, "/clients/nobody/key", new JsonObject { ["publicKey"] = Jwk(_key) })).StatusCode);
    }

    [Fact]
    public async Task The_clients_of_the_file_are_left_to_the_file()
    {
        var entry = Machine();
        entry["id"] = "leaver";

        Assert.Equal("idbroker.client-in-file", await CodeAsync(await SetAsync(entry), HttpStatusCode.Conflict));
        Assert.Equal("idbroker.client-in-file", await CodeAsync(await SendAsync(HttpMethod.Post, "/clients/leaver/disabled"), HttpStatusCode.Conflict));
        Assert.Equal("idbroker.client-in-file", await CodeAsync(
            await SendAsync(HttpMethod.Post, "/clients/leaver/key", new JsonObject { ["publicKey"] = Jwk(_key) }), HttpStatusCode.Conflict));
        Assert.Equal(["idbroker client.registered"], await broker.AuditAsync("leaver"));
    }

    [Theory]
    [InlineData("ito")]
    [InlineData("kato")]
    public async Task Nobody_but_an_operator_sees_or_changes_clients(string account)
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Get, "/clients", by: account)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Get, "/clients/catalog", by: account)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Put, $"/clients/{_id}", Machine(), account)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Post, "/clients/catalog/disabled", by: account)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Post, "/clients/catalog/key", new JsonObject { ["publicKey"] = Jwk(_key) }, account)).StatusCode);
    }

    [Fact]
    public async Task An_operator_who_signed_in_a_while_ago_sees_clients_but_changes_none()
    {
        var token = OperatorToken(ago: StepUp.MaxAge + TimeSpan.FromSeconds(10));

        Assert.Equal(HttpStatusCode.OK, (await SendWithAsync(HttpMethod.Get, "/clients", null, token)).StatusCode);
        Assert.Equal("token.step-up-needed", await CodeAsync(await SendWithAsync(HttpMethod.Put, $"/clients/{_id}", Machine(), token), HttpStatusCode.Unauthorized));
        Assert.Equal("token.step-up-needed", await CodeAsync(await SendWithAsync(HttpMethod.Post, $"/clients/{_id}/disabled", null, token), HttpStatusCode.Unauthorized));
    }

    [Theory]
    [InlineData("id", "\"other\"", "client-other-id")]
    [InlineData("name", "\"\"", "client-bad-name")]
    [InlineData("roles", "[\"king\"]", "client-unknown-role")]
    [InlineData("roles", "[\"idbroker\"]", "client-unknown-role")]
    [InlineData("roles", "[\"catalog\"]", "client-file-only")]
    [InlineData("roles", "[\"node\"]", "client-node-name")]
    [InlineData("grants", "[\"password\"]", "client-unknown-grant")]
    [InlineData("grants", "[\"jwt-bearer\"]", "client-file-only")]
    [InlineData("grants", "[\"authorization_code\"]", "client-redirects")]
    [InlineData("grants", "[\"refresh_token\"]", "client-nothing-to-refresh")]
    [InlineData("permissions", "[\"everything\"]", "client-unknown-permission")]
    [InlineData("permissions", "[\"demo-accounts\"]", "client-file-only")]
    [InlineData("scopes", "[\"offline_access\"]", "client-unknown-scope")]
    [InlineData("audiences", "[\"node:\"]", "client-unknown-audience")]
    [InlineData("audiences", "[null]", "client-too-many")]
    [InlineData("redirectUris", "[\"https://app.example/cb\"]", "client-redirects")]
    [InlineData("postLogoutRedirectUris", "[\"https://app.example/#\"]", "client-address-fragment")]
    [InlineData("backChannelLogoutUri", "\"ftp://app.example/\"", "client-address-scheme")]
    [InlineData("assertionAudience", "\"both\"", "client-bad-assertion-audience")]
    [InlineData("publicKey", "\"no pem\"", "client-bad-key")]
    [InlineData("publicKey", "\"-----BEGIN PRIVATE KEY-----\"", "client-private-key")]
    [InlineData("publicKey", "{\"kty\":\"EC\",\"d\":\"AAAA\"}", "client-private-key")]
    [InlineData("publicKey", "{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"1\"}", "client-private-key")]
    [InlineData("publicKey", "{\"kty\":\"EC\",\"kid\":\"1\"}", "client-bad-key")]
    [InlineData("publicKey", "7", "client-bad-key")]
    [InlineData("publicKey", "null", "client-needs-key")]
    public async Task An_entry_is_refused_by_its_own_rule_which_says_what_to_do(string member, string json, string code)
    {
        var entry = Machine();
        entry[member] = JsonNode.Parse(json);

        var answer = await SetAsync(entry, at: _id);

        Assert.Equal($"idbroker.{code}", await CodeAsync(answer, HttpStatusCode.UnprocessableEntity));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.NotEmpty(problem.Text("detail")!);
        Assert.StartsWith("/", problem.Text("pointer") is { Length: > 0 } at ? at : "/", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"/clients/{_id}")).StatusCode);
    }

    [Theory]
    [InlineData("Hospital")]
    [InlineData("h")]
    [InlineData("hospital_1")]
    public async Task An_id_out_of_bounds_is_refused(string id)
    {
        var entry = Machine();
        entry["id"] = id;

        Assert.Equal("idbroker.client-bad-id", await CodeAsync(await SetAsync(entry), HttpStatusCode.UnprocessableEntity));
    }

    [Fact]
    public async Task The_brokers_own_name_is_nobody_elses()
    {
        var entry = Machine();
        entry["id"] = "idbroker";

        Assert.Equal("idbroker.client-reserved-id", await CodeAsync(await SetAsync(entry), HttpStatusCode.UnprocessableEntity));
    }

    [Theory]
    [InlineData("""{"id": "ID", "secret": "x"}""")]
    [InlineData("""{"name": "x"}""")]
    [InlineData("""{"id": "ID", "id": "ID"}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_body_that_is_no_entry_is_refused(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/clients/{_id}")
        {
            Content = new StringContent(body.Replace("ID", _id, StringComparison.Ordinal), Encoding.UTF8, "application/json"),
            Headers = { Authorization = new("Bearer", await broker.AccountTokenAsync("mori")) },
        };

        Assert.Equal(HttpStatusCode.BadRequest, (await broker.Http.SendAsync(request, Ct)).StatusCode);
    }

    [Fact]
    public async Task A_public_client_has_no_key_to_replace()
    {
        await SetAsync(App("https://app.example/one"));

        var answer = await SendAsync(HttpMethod.Post, $"/clients/{_id}/key", new JsonObject { ["publicKey"] = Jwk(_key) });

        Assert.Equal("idbroker.client-is-public", await CodeAsync(answer, HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task A_node_is_registered_by_its_slug()
    {
        var entry = Machine();
        entry["id"] = $"node:{_id}";
        entry["roles"] = new JsonArray("node");

        Assert.Equal(HttpStatusCode.Created, (await SetAsync(entry)).StatusCode);
    }

    [Fact]
    public async Task A_fault_in_the_clients_file_stops_the_start_and_says_what_to_do()
    {
        await using var alone = new TestBroker();
        await alone.InitializeAsync();
        await File.WriteAllTextAsync(
            alone.ClientsFile, """{"clients": [{"id": "app", "grants": ["authorization_code"], "redirectUris": ["https://*.example/"]}]}""", Ct);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => alone.StartAsync());

        Assert.Contains("app/redirectUris/0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("without *", refused.Message, StringComparison.Ordinal);
    }

    private JsonObject Machine() => new()
    {
        ["id"] = _id,
        ["publicKey"] = Jwk(_key),
        ["audiences"] = new JsonArray("kakehashi"),
        ["grants"] = new JsonArray("client_credentials"),
    };

    private JsonObject App(string address) => new()
    {
        ["id"] = _id,
        ["name"] = "The hospital's notebook",
        ["grants"] = new JsonArray("authorization_code", "refresh_token"),
        ["scopes"] = new JsonArray("openid"),
        ["redirectUris"] = new JsonArray(address),
    };

    private static JsonNode Jwk(SigningKey key) => JsonSerializer.SerializeToNode(key.Public, JsonSerializerOptions.Web)!;

    private Task<HttpResponseMessage> SetAsync(JsonObject entry, string? at = null) =>
        SendAsync(HttpMethod.Put, $"/clients/{at ?? entry["id"]!.GetValue<string>()}", entry);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject? body = null, string by = "mori") =>
        await SendWithAsync(method, path, body, await broker.AccountTokenAsync(by));

    private async Task<HttpResponseMessage> SendWithAsync(HttpMethod method, string path, JsonObject? body, string token)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { Authorization = new("Bearer", token) } };
        request.Content = body is null ? null : JsonContent.Create(body);
        return await broker.Http.SendAsync(request, Ct);
    }

    private async Task<HttpStatusCode> AskAsync(HttpClient at, SigningKey? key = null) => (await TestBroker.PostAsync(at,
    [
        ("grant_type", "client_credentials"), ("audience", Audiences.Platform), ("client_assertion_type", ClientAssertion.AssertionType),
        ("client_assertion", ClientAssertion.Create(key ?? _key, _id, broker.Issuer, broker.Clock.GetUtcNow())),
    ])).Status;

    private async Task<IReadOnlyList<string>> EventsAsync(string kind) =>
        [.. (await broker.EventsAsync(kind)).Where(leaf => leaf.Contains($"\"{_id}\"", StringComparison.Ordinal))];

    private string OperatorToken(TimeSpan ago)
    {
        var tokens = (IdBroker.SignIn.Tokens.AccessTokens)broker.Services.GetService(typeof(IdBroker.SignIn.Tokens.AccessTokens))!;
        return tokens.Issue(
            new("mori", "portal", [Roles.Operator]) { Acr = Assurance.Mfa, AuthTime = broker.Clock.GetUtcNow() - ago }, Audiences.Platform).AccessToken;
    }

    private static async Task<RegisteredClient> ReadAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<RegisteredClient>(ServiceDefaultsExtensions.Json, Ct))!;
    }

    private static async Task<string> CodeAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(Ct)).Text("type")!["urn:kakehashi:problem:".Length..];
    }
}
