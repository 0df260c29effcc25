using System.Net;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class RegistrationsTests : IAsyncLifetime
{
    private readonly TestBroker _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_client_that_left_the_file_is_disabled_and_can_come_back()
    {
        _broker.WriteClients(without: "leaver");
        using var second = (await _broker.StartAsync()).Http;
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(second));

        _broker.WriteClients();
        using var third = (await _broker.StartAsync()).Http;

        Assert.Equal(HttpStatusCode.OK, await AskAsync(third));
        Assert.Equal(["idbroker client.registered", "idbroker client.disabled", "idbroker client.changed"], await _broker.AuditAsync("leaver"));
    }

    [Fact]
    public async Task An_unchanged_file_changes_nothing()
    {
        using var second = (await _broker.StartAsync()).Http;

        Assert.Equal(["idbroker client.registered"], await _broker.AuditAsync("catalog"));
        Assert.Equal(["idbroker account.registered"], await _broker.AuditAsync("ito"));
    }

    [Fact]
    public async Task An_accounts_new_role_is_in_its_next_token_and_audited()
    {
        _broker.WriteAccounts(rolesOfIto: "auditor");
        using var second = (await _broker.StartAsync()).Http;

        var (claims, _) = await _broker.VerifyAsync(await _broker.AccountTokenAsync("ito"), Audiences.Platform);

        Assert.Equal("""["auditor"]""", claims.GetProperty("roles").GetRawText());
        Assert.Equal(["idbroker account.registered", "idbroker account.changed"], await _broker.AuditAsync("ito"));
    }

    [Theory]
    [InlineData("""{"accounts": [{"id": "ito", "name": "I", "roles": ["king"]}]}""", "ito breaks the rule")]
    [InlineData("""{"accounts": [{"id": "Ito", "name": "I"}]}""", "Ito breaks the rule")]
    [InlineData("""{"accounts": [{"id": "ito", "name": "I", "age": 7}]}""", "age")]
    [InlineData("""{"accounts": [{"id": "ito"}]}""", "name")]
    [InlineData("""{"accounts": [{"id": "ito", "name": "I"}, {"id": "ito", "name": "J"}]}""", "twice")]
    [InlineData("""{"accounts": """, "cannot be read")]
    public async Task A_fault_in_the_accounts_file_stops_the_start_and_is_named(string file, string named)
    {
        await File.WriteAllTextAsync(_broker.AccountsFile, file, TestContext.Current.CancellationToken);

        Assert.Contains(named, (await Assert.ThrowsAsync<InvalidOperationException>(() => _broker.StartAsync())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"no pem\"", "PEM")]
    [InlineData("{\"kty\":\"EC\"}", "not a usable")]
    [InlineData("{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"1\"}", "private key")]
    [InlineData("{\"kty\":\"EC\",\"d\":\"AAAA\"}", "private key")]
    [InlineData("7", "not a usable")]
    public async Task A_key_that_cannot_be_used_stops_the_start(string key, string named)
    {
        await File.WriteAllTextAsync(_broker.ClientsFile, $$"""{"clients": [{"id": "catalog", "publicKey": {{key}}}]}""", TestContext.Current.CancellationToken);

        Assert.Contains(named, (await Assert.ThrowsAsync<InvalidOperationException>(() => _broker.StartAsync())).Message, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> AskAsync(HttpClient http) => (await TestBroker.PostAsync(http,
    [
        ("grant_type", "client_credentials"), ("audience", Audiences.Platform),
        ("client_assertion_type", ClientAssertion.AssertionType), ("client_assertion", _broker.Assertion("leaver")),
    ])).Status;
}
