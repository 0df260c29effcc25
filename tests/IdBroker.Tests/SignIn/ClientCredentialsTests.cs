using System.Net;
using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class ClientCredentialsTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_gets_its_own_token_which_the_platform_verifies()
    {
        var (status, body) = await AskAsync("node:bbj", Audiences.Platform);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("Bearer", 300), (body.GetProperty("token_type").GetString(), body.GetProperty("expires_in").GetInt32()));
        var (claims, refusal) = await broker.VerifyAsync(body.GetProperty("access_token").GetString()!, Audiences.Platform);
        Assert.Null(refusal);
        Assert.Equal(("node:bbj", "node:bbj"), (claims.Text("sub"), claims.Text("client_id")));
        Assert.Equal("""["node"]""", claims.GetProperty("roles").GetRawText());
    }

    [Fact]
    public async Task The_token_client_of_every_service_gets_tokens()
    {
        using var client = broker.TokenClientOf("catalog");

        var token = await client.GetAsync(Audiences.Node("tommo"), Ct);

        Assert.Null((await broker.VerifyAsync(token, "node:tommo")).Refusal);
    }

    [Theory]
    [InlineData("catalog", "node:tommo", true)]
    [InlineData("catalog", "node:unknown", false)]
    [InlineData("catalog", "node:*", false)]
    [InlineData("catalog", "other", false)]
    [InlineData("consent", "node:bbj", true)]
    [InlineData("consent", "node:tommo", false)]
    [InlineData("consent", "kakehashi", false)]
    public async Task An_audience_must_be_in_the_clients_list(string client, string audience, bool allowed)
    {
        var (status, body) = await AskAsync(client, audience);

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.BadRequest, status);
        Assert.Equal(allowed ? null : "invalid_target", body.Text("error"));
    }

    [Fact]
    public async Task A_node_token_lives_one_minute() =>
        Assert.Equal(60, (await AskAsync("catalog", "node:bbj")).Body.GetProperty("expires_in").GetInt32());

    [Fact]
    public async Task A_grant_the_client_is_not_registered_for_is_refused()
    {
        var (status, body) = await AskAsync("cli", Audiences.Platform);

        Assert.Equal((HttpStatusCode.BadRequest, "unauthorized_client"), (status, body.Text("error")));
    }

    public static TheoryData<string, Action<TestBroker, Dictionary<string, object>>> BrokenAssertions => new()
    {
        { "token.wrong-audience", (b, c) => c["aud"] = $"{b.Issuer}/token" },
        { "token.wrong-audience", (b, c) => c["aud"] = new[] { b.Issuer, "https://other.example" } },
        { "token.expired", (_, c) => (c["iat"], c["exp"]) = ((long)c["iat"] - 120, (long)c["exp"] - 120) },
        { "token.not-yet-valid", (_, c) => (c["iat"], c["exp"]) = ((long)c["iat"] + 30, (long)c["exp"] + 30) },
        { "token.lives-too-long", (_, c) => c["exp"] = (long)c["iat"] + 301 },
        { "token.claim-missing", (_, c) => c.Remove("jti") },
        { "token.claim-missing", (_, c) => c.Remove("exp") },
        { "iss and sub", (_, c) => c["sub"] = "node:tommo" },
        { "not registered", (_, c) => c["iss"] = "nobody" },
        { "not registered", (_, c) => c["iss"] = "node:bbj" },
        { "jti must be", (_, c) => c["jti"] = new string('x', 129) },
        { "jti must be", (_, c) => c["jti"] = "nul\0" },
    };

    [Theory]
    [MemberData(nameof(BrokenAssertions))]
    public async Task An_assertion_that_is_wrong_in_one_way_proves_nothing(string reason, Action<TestBroker, Dictionary<string, object>> change)
    {
        var now = broker.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = "catalog",
            ["sub"] = "catalog",
            ["aud"] = broker.Issuer,
            ["jti"] = Guid.CreateVersion7().ToString(),
            ["iat"] = now,
            ["exp"] = now + 60,
        };
        change(broker, claims);

        var (status, body) = await PostAsync(Signed("catalog", ClientAssertion.Type, claims));

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (status, body.Text("error")));
        Assert.Contains(reason, body.Text("error_description"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData(ClientAssertion.GrantType)]
    public async Task Another_kind_of_token_is_no_client_assertion(string type)
    {
        var now = broker.Clock.GetUtcNow().ToUnixTimeSeconds();
        var (_, body) = await PostAsync(Signed("catalog", type, new()
        {
            ["iss"] = "catalog",
            ["sub"] = "catalog",
            ["aud"] = broker.Issuer,
            ["jti"] = Guid.CreateVersion7().ToString(),
            ["iat"] = now,
            ["exp"] = now + 60,
        }));

        Assert.Contains("token.wrong-type", body.Text("error_description"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("client-authentication+jwt")]
    public async Task An_assertion_of_an_ordinary_library_will_do(string type)
    {
        var now = broker.Clock.GetUtcNow().ToUnixTimeSeconds();
        var (status, _) = await PostAsync(Signed("node:bbj", type, new()
        {
            ["iss"] = "node:bbj",
            ["sub"] = "node:bbj",
            ["aud"] = broker.Issuer,
            ["jti"] = Guid.CreateVersion7().ToString(),
            ["iat"] = now,
            ["exp"] = now + 60,
        }));

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Another_clients_key_does_not_sign_for_this_one()
    {
        var forged = ClientAssertion.Create(broker.Keys["node:bbj"], "catalog", broker.Issuer, broker.Clock.GetUtcNow());

        Assert.Equal("invalid_client", (await PostAsync(forged)).Body.Text("error"));
    }

    [Fact]
    public async Task An_assertion_counts_once()
    {
        var assertion = broker.Assertion("catalog");

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(assertion)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(assertion)).Status);
    }

    [Fact]
    public async Task Of_two_instances_shown_one_assertion_at_once_exactly_one_accepts()
    {
        var (_, other) = await broker.StartAsync();
        var assertion = broker.Assertion("catalog");
        await using var gate = await TableGate.CloseAsync(broker.ConnectionString, "used_assertion", Ct);

        var both = new[] { broker.Http, other }.Select(async instance => (await PostAsync(assertion, instance)).Status).ToList();
        await gate.OpenWhenWaitingAsync(2, Ct);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized], (await Task.WhenAll(both)).Order());
        other.Dispose();
    }

    [Fact]
    public async Task A_client_disabled_in_the_database_gets_nothing_even_before_it_is_noticed()
    {
        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        await connection.ExecuteAsync("UPDATE client SET enabled = false WHERE client_id = 'leaver'");

        Assert.Equal("invalid_client", (await AskAsync("leaver", Audiences.Platform)).Body.Text("error"));
    }

    [Theory]
    [InlineData("grant_type", "password", "unsupported_grant_type")]
    [InlineData("grant_type", "", "invalid_request")]
    [InlineData("audience", "", "invalid_request")]
    [InlineData("client_assertion_type", "other", "invalid_client")]
    [InlineData("client_assertion", "", "invalid_client")]
    [InlineData("client_assertion", "a.b.c", "invalid_client")]
    [InlineData("client_id", "consent", "invalid_client")]
    public async Task A_request_that_is_wrong_in_one_parameter_gets_its_error(string name, string value, string error)
    {
        var form = Form(broker.Assertion("catalog"));
        form[name] = value;

        Assert.Equal(error, (await TestBroker.PostAsync(broker.Http, form.Select(field => (field.Key, field.Value)))).Body.Text("error"));
    }

    [Fact]
    public async Task A_parameter_twice_is_refused()
    {
        var (status, body) = await broker.AskAsync(
            "catalog", ("grant_type", "client_credentials"), ("audience", "kakehashi"), ("audience", "node:bbj"));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (status, body.Text("error")));
    }

    [Fact]
    public async Task A_body_that_is_no_form_is_refused()
    {
        using var json = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await broker.Http.PostAsync("/token", json, Ct);

        Assert.Equal("invalid_request", JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(Ct)).Text("error"));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var large = new FormUrlEncodedContent([new("grant_type", new string('x', 100_000))]);
        using var answer = await broker.Http.PostAsync("/token", large, Ct);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(string client, string audience) =>
        broker.AskAsync(client, ("grant_type", "client_credentials"), ("audience", audience));

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string assertion) => await PostAsync(assertion, broker.Http);

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string assertion, HttpClient http) =>
        await TestBroker.PostAsync(http, Form(assertion).Select(field => (field.Key, field.Value)));

    private static Dictionary<string, string> Form(string assertion) => new()
    {
        ["grant_type"] = "client_credentials",
        ["audience"] = "kakehashi",
        ["client_assertion_type"] = ClientAssertion.AssertionType,
        ["client_assertion"] = assertion,
    };

    private string Signed(string client, string type, Dictionary<string, object> claims) => broker.Keys[client].Sign(type, json =>
    {
        foreach (var (name, value) in claims)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value);
        }
    });
}
