using System.Net;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class DemoAccountTokenTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Fact]
    public async Task A_demo_account_gets_five_minutes_with_its_roles_and_projects()
    {
        var (status, body) = await AskAsync("cli", broker.Grant("cli", "ito"));

        Assert.Equal((HttpStatusCode.OK, 300), (status, body.GetProperty("expires_in").GetInt32()));
        var (claims, refusal) = await broker.VerifyAsync(body.Text("access_token")!, Audiences.Platform);
        Assert.Null(refusal);
        Assert.Equal(("ito", "cli", "理研"), (claims.Text("sub"), claims.Text("client_id"), claims.Text("org")));
        Assert.Equal("""["diabetes","other"]""", claims.GetProperty("projects").GetRawText());
    }

    [Fact]
    public async Task A_participants_token_names_the_only_data_it_may_act_on()
    {
        var (claims, _) = await broker.VerifyAsync(await broker.AccountTokenAsync("kato"), Audiences.Platform);

        Assert.Equal("bbj/0123", claims.Text("participant"));
    }

    [Fact]
    public async Task The_command_lines_token_client_gets_one()
    {
        using var client = broker.TokenClientOf("cli");

        var token = await client.GetForAccountAsync("mori", TestContext.Current.CancellationToken);

        Assert.Null((await broker.VerifyAsync(token, Audiences.Platform)).Refusal);
    }

    [Fact]
    public async Task A_real_account_is_refused_like_one_that_does_not_exist()
    {
        var (status, real) = await AskAsync("cli", broker.Grant("cli", "real"));
        var (_, unknown) = await AskAsync("cli", broker.Grant("cli", "nobody"));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (status, real.Text("error")));
        Assert.Equal(unknown.GetRawText(), real.GetRawText());
        Assert.Equal(unknown.GetRawText(), (await AskAsync("cli", broker.Grant("cli", "nul\0"))).Body.GetRawText());
    }

    [Fact]
    public async Task A_client_without_the_permission_is_refused() =>
        Assert.Equal("unauthorized_client", (await AskAsync("almost-cli", broker.Grant("almost-cli", "ito"))).Body.Text("error"));

    [Fact]
    public async Task Another_clients_assertion_is_refused() =>
        Assert.Equal("invalid_grant", (await AskAsync("cli", broker.Grant("almost-cli", "ito"))).Body.Text("error"));

    [Fact]
    public async Task A_client_assertion_asks_for_nobody() =>
        Assert.Equal("invalid_grant", (await AskAsync("cli", broker.Assertion("cli"))).Body.Text("error"));

    [Fact]
    public async Task An_assertion_counts_once()
    {
        var assertion = broker.Grant("cli", "ito");
        await AskAsync("cli", assertion);

        Assert.Equal("invalid_grant", (await AskAsync("cli", assertion)).Body.Text("error"));
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(string client, string assertion) =>
        await broker.AskAsync(client, ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion));
}
