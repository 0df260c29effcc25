using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Identity;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

/// <summary>Operators make, enrol and close accounts; files bring passwords of demo accounts.</summary>
public sealed class OperatorTests : IAsyncLifetime
{
    private readonly TestBroker _broker = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task An_operator_makes_an_account_and_its_person_enrols()
    {
        var (made, _) = await PostAsync("/accounts", new { id = "suzuki", name = "鈴木", org = "東北大学", participant = "tommo/0001" });
        var (issued, enrolment) = await PostAsync("/accounts/suzuki/enrolment");

        Assert.Equal(HttpStatusCode.Created, made);
        Assert.Equal(HttpStatusCode.OK, issued);
        Assert.Equal($"{_broker.Issuer}/enrol", enrolment.Text("address"));
        using var browser = _broker.Browser();
        Assert.Equal($"{_broker.Issuer}/enrol/factors", (await browser.PostAsync("/enrol", [("code", enrolment.Text("code")!)])).Location);
        Assert.Equal("mori account.registered suzuki participant", (await _broker.HeardAsync("account.registered"))[^1]);
        Assert.Equal(["mori enrolment.issued suzuki"], await _broker.HeardAsync("enrolment"));
        Assert.Equal(0, await _broker.ReadAsync<long>($"SELECT count(*) FROM enrolment_code WHERE position(convert_to('{enrolment.Text("code")}', 'UTF8') in code_hash) > 0"));
    }

    [Fact]
    public async Task A_new_code_makes_the_old_one_worthless()
    {
        var (_, old) = await PostAsync("/accounts/real/enrolment");
        await PostAsync("/accounts/real/enrolment");

        Assert.Equal(HttpStatusCode.BadRequest, (await _broker.Browser().PostAsync("/enrol", [("code", old.Text("code")!)])).Status);
    }

    [Theory]
    [InlineData("""{"id": "Suzuki", "name": "S"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"id": "suzuki", "name": " "}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"id": "suzuki", "name": "S", "participant": "1"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"id": "suzuki", "name": "S", "roles": ["operator"]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"id": "ito", "name": "S"}""", HttpStatusCode.Conflict)]
    [InlineData("""{"id": "suzuki", "name": "S", "demo": true}""", HttpStatusCode.BadRequest)]
    public async Task A_malformed_account_is_not_made(string account, HttpStatusCode status) =>
        Assert.Equal(status, (await PostAsync("/accounts", JsonElement.Parse(account))).Status);

    [Fact]
    public async Task Closing_an_account_ends_its_sessions_and_opening_it_again_lets_the_person_in()
    {
        Assert.Equal(HttpStatusCode.Created, (await PostAsync("/accounts", new { id = "suzuki", name = "鈴木" })).Status);
        await _broker.GivenAPasswordAsync("suzuki");
        using var browser = _broker.Browser();
        await browser.EnterPasswordAsync("suzuki");

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("/accounts/suzuki/disabling")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("/accounts/suzuki/disabling")).Status);

        Assert.True((await browser.GetAsync("/account")).LeadsTo($"{_broker.Issuer}/sign-in"));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.EnterPasswordAsync("suzuki")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("/accounts/suzuki/enrolment")).Status);
        Assert.Equal(["mori session.ended session account-disabled"], await _broker.HeardAsync("session.ended"));
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("/accounts/suzuki/enabling")).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.EnterPasswordAsync("suzuki")).Status);
        Assert.Equal(["mori account.disabled suzuki", "mori account.enabled suzuki"], await _broker.HeardAsync("account.(dis|en)abled"));
    }

    [Theory]
    [InlineData("/accounts/nobody/disabling", HttpStatusCode.NotFound)]
    [InlineData("/accounts/nobody/enrolment", HttpStatusCode.NotFound)]
    [InlineData("/accounts/ito/disabling", HttpStatusCode.Conflict)]  // is in the file
    [InlineData("/accounts/mori/disabling", HttpStatusCode.Conflict)] // is the caller
    public async Task What_cannot_be_closed_says_why(string path, HttpStatusCode status) => Assert.Equal(status, (await PostAsync(path)).Status);

    [Theory]
    [InlineData("/accounts")]
    [InlineData("/accounts/real/enrolment")]
    [InlineData("/accounts/real/disabling")]
    [InlineData("/accounts/real/enabling")]
    public async Task Only_an_operator_may(string path)
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(path, new { id = "suzuki", name = "S" }, "ito")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _broker.Http.PostAsync(path, null, Ct)).StatusCode);
    }

    [Fact]
    public async Task The_accounts_file_brings_password_and_authenticator_once()
    {
        var secret = new byte[20];
        secret[3] = 9;
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(_broker.AccountsFile)!, "ito.totp"), TotpRules.Base32(secret) + "\n", Ct);
        WriteAccount($$"""{"id": "ito", "name": "Ito", "demo": true, "passwordHash": "{{PasswordRules.Hash(Given.Password)}}", "totpSecretFile": "ito.totp"}""");
        using var second = (await _broker.StartAsync()).Http;
        using var browser = new TestBrowser(second.BaseAddress!);
        await browser.EnterPasswordAsync("ito");
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.EnterCodeAsync(_broker.CodeOf(secret))).Status);
        await browser.PostAsync("/account/password", [("password", "an entirely new one"), ("again", "an entirely new one")]);

        using var third = (await _broker.StartAsync()).Http; // the file has not changed: what the person did stays
        using var again = new TestBrowser(third.BaseAddress!);

        Assert.Equal(HttpStatusCode.SeeOther, (await again.EnterPasswordAsync("ito", "an entirely new one")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await again.EnterCodeAsync(_broker.CodeOf(secret))).Status); // nor does a used code come back
        Assert.Equal(
            ["idbroker password.changed ito", "idbroker second-factor.added ito totp", "ito password.changed ito"],
            await _broker.HeardAsync("password|second-factor"));
    }

    [Theory]
    [InlineData("\"passwordHash\": \"secret\"", "passwordHash of account ito")]
    [InlineData("\"totpSecretFile\": \"nowhere\"", "totpSecretFile of account ito")]
    public async Task A_credential_that_cannot_be_used_stops_the_start(string member, string said)
    {
        WriteAccount($$"""{"id": "ito", "name": "Ito", {{member}}}""");

        Assert.Contains(said, (await Assert.ThrowsAsync<InvalidOperationException>(() => _broker.StartAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weaker_formats_are_not_accepted_from_the_file()
    {
        var old = new PasswordHasher<object>(Microsoft.Extensions.Options.Options.Create(
            new PasswordHasherOptions { CompatibilityMode = PasswordHasherCompatibilityMode.IdentityV2 })).HashPassword(new(), Given.Password);

        Assert.False(PasswordRules.IsHash(old));
        Assert.True(PasswordRules.IsHash(PasswordRules.Hash(Given.Password)));
    }

    private void WriteAccount(string account) => File.WriteAllText(_broker.AccountsFile, $$"""{"accounts": [{{account}}]}""");

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object? body = null, string account = "mori")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Headers = { Authorization = new("Bearer", await _broker.AccountTokenAsync(account)) },
            Content = body is null ? null : JsonContent.Create(body),
        };
        using var answer = await _broker.Http.SendAsync(request, Ct);
        var bytes = await answer.Content.ReadAsByteArrayAsync(Ct);
        return (answer.StatusCode, bytes.Length == 0 ? default : JsonElement.Parse(bytes));
    }
}
