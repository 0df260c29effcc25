using System.Net;
using System.Security.Cryptography;
using System.Text;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class CodeGrantTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private readonly TestApp _portal = new(broker, "portal");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_code_becomes_an_access_token_of_the_person_with_how_they_signed_in()
    {
        using var browser = await broker.BrowserAsync("ito");

        var tokens = await _portal.SignInAsync(browser);

        var (claims, refusal) = await broker.VerifyAsync(tokens.Text("access_token")!, Audiences.Platform);
        Assert.Null(refusal);
        Assert.Equal(("ito", "portal", Assurance.Mfa, "openid profile"), (claims.Text("sub"), claims.Text("client_id"), claims.Text("acr"), claims.Text("scope")));
        Assert.Equal("""["researcher"] ["pwd","otp"]""", $"{claims.GetProperty("roles")} {claims.GetProperty("amr")}");
        Assert.True(claims.TryGetProperty("auth_time", out _) && claims.Text("sid") is not null);
        Assert.Equal("Bearer", tokens.Text("token_type"));
    }

    [Fact]
    public async Task An_id_token_says_who_signed_in_for_this_client_and_this_request()
    {
        using var browser = await broker.BrowserAsync("ito");

        var tokens = await _portal.SignInAsync(browser);

        var jws = CompactJws.Read(tokens.Text("id_token")!, out _)!;
        var claims = TestApp.ClaimsOf(tokens.Text("id_token")!);
        Assert.Equal(("JWT", "ES256"), (jws.Type, jws.Algorithm));
        Assert.Equal((broker.Issuer, "portal", "ito", "n-1"), (claims.Text("iss"), claims.Text("aud"), claims.Text("sub"), claims.Text("nonce")));
        Assert.Equal(TestApp.ClaimsOf(tokens.Text("access_token")!).Text("sid"), claims.Text("sid"));
        Assert.Equal(
            StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(tokens.Text("access_token")!)).AsSpan(0, 16)), claims.Text("at_hash"));
        Assert.Equal(TokenRefusals.WrongType, (await broker.VerifyAsync(tokens.Text("id_token")!, "portal")).Refusal); // never an access token
    }

    [Fact]
    public async Task Roles_that_need_two_factors_are_not_in_a_token_of_one()
    {
        using var weak = await broker.BrowserAsync("real", Assurance.Sfa);
        using var strong = await broker.BrowserAsync("real");

        Assert.False(TestApp.ClaimsOf((await _portal.SignInAsync(weak)).Text("access_token")!).TryGetProperty("roles", out _));
        Assert.Equal("""["steward"]""", TestApp.ClaimsOf((await _portal.SignInAsync(strong)).Text("access_token")!).GetProperty("roles").ToString());
    }

    [Fact]
    public async Task A_code_that_is_shown_again_ends_everything_that_came_from_it()
    {
        using var browser = await broker.BrowserAsync("ito");
        var code = await _portal.CodeAsync(browser);
        var (_, tokens) = await _portal.RedeemAsync(code);

        var (status, again) = await _portal.RedeemAsync(code);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (status, again.Text("error")));
        Assert.Equal("invalid_grant", (await _portal.RefreshAsync(tokens.Text("refresh_token")!)).Body.Text("error"));
        Assert.Contains(await broker.EventsAsync("token-family.revoked"), leaf => leaf.Contains("code-replayed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_uses_at_once_one_gets_tokens_which_then_end()
    {
        using var browser = await broker.BrowserAsync("ito");
        var code = await _portal.CodeAsync(browser);
        await using var gate = await RowGate.CloseAsync(broker.ConnectionString, "SELECT 1 FROM authorization_code FOR UPDATE", Ct);

        var uses = new[] { _portal.RedeemAsync(code), _portal.RedeemAsync(code) };
        await gate.OpenWhenWaitingAsync(2, Ct);
        var answers = await Task.WhenAll(uses);

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        var refresh = answers.Single(answer => answer.Status == HttpStatusCode.OK).Body.Text("refresh_token")!;
        Assert.Equal("invalid_grant", (await _portal.RefreshAsync(refresh)).Body.Text("error"));
    }

    [Theory]
    [InlineData("https://portal.example/callback/", null)]
    [InlineData(null, "wrong-verifier-wrong-verifier-wrong-verifier-wrong-verifier")]
    [InlineData(null, "vvvvv")]
    public async Task A_code_counts_for_its_address_and_verifier_only(string? redirectUri, string? verifier)
    {
        using var browser = await broker.BrowserAsync("ito");
        var code = await _portal.CodeAsync(browser);

        Assert.Equal("invalid_grant", (await _portal.RedeemAsync(code, redirectUri, verifier)).Body.Text("error"));
        Assert.Equal(HttpStatusCode.OK, (await _portal.RedeemAsync(code)).Status); // a mistake does not use it up
    }

    [Fact]
    public async Task A_code_counts_for_its_client_only_and_for_sixty_seconds()
    {
        using var browser = await broker.BrowserAsync("ito");
        var code = await _portal.CodeAsync(browser);
        Assert.Equal("invalid_grant", (await new TestApp(broker, "other-app").RedeemAsync(code, _portal.Callback)).Body.Text("error"));

        broker.Clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal("invalid_grant", (await _portal.RedeemAsync(code)).Body.Text("error"));
    }

    [Fact]
    public async Task A_public_clients_tokens_are_bound_to_its_key()
    {
        using var browser = await broker.BrowserAsync("ito");
        using var key = new DpopKey();
        using var thief = new DpopKey();
        var notebook = new TestApp(broker, "notebook", key);

        var tokens = await notebook.SignInAsync(browser);

        var access = tokens.Text("access_token")!;
        Assert.Equal("DPoP", tokens.Text("token_type"));
        Assert.Equal(key.Thumbprint, TestApp.ClaimsOf(access).GetProperty("cnf").Text("jkt"));
        Assert.Equal("invalid_grant", (await new TestApp(broker, "notebook", thief).RefreshAsync(tokens.Text("refresh_token")!)).Body.Text("error"));
        Assert.Equal(HttpStatusCode.OK, (await notebook.UserInfoAsync(access, "DPoP", notebook.Proof("GET", "/userinfo", access))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await notebook.UserInfoAsync(access)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await notebook.UserInfoAsync(access, "DPoP")).Status);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await notebook.UserInfoAsync(access, "DPoP", thief.Proof("GET", broker.Issuer + "/userinfo", broker.Clock.GetUtcNow(), access))).Status);
    }

    [Fact]
    public async Task A_public_client_without_a_proof_gets_nothing()
    {
        using var browser = await broker.BrowserAsync("ito");
        using var key = new DpopKey();
        var notebook = new TestApp(broker, "notebook", key);
        var code = await notebook.CodeAsync(browser);
        (string, string)[] form =
            [("client_id", "notebook"), ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", notebook.Callback), ("code_verifier", TestBrowser.Verifier)];

        Assert.Equal("invalid_dpop_proof", (await TestBroker.PostAsync(broker.Http, form)).Body.Text("error"));
        var proof = notebook.Proof("POST", "/token");
        Assert.Equal(HttpStatusCode.OK, (await TestBroker.PostAsync(broker.Http, form, proof: proof)).Status);
        Assert.Equal("invalid_dpop_proof", (await TestBroker.PostAsync(broker.Http, form, proof: proof)).Body.Text("error")); // a proof counts once
    }

    [Fact]
    public async Task A_code_asked_for_one_key_is_not_given_to_another()
    {
        using var browser = await broker.BrowserAsync("ito");
        using var key = new DpopKey();
        using var other = new DpopKey();
        var code = await new TestApp(broker, "notebook", key).CodeAsync(browser, "openid", ("dpop_jkt", key.Thumbprint));

        Assert.Equal("invalid_grant", (await new TestApp(broker, "notebook", other).RedeemAsync(code)).Body.Text("error"));
        Assert.Equal(HttpStatusCode.OK, (await new TestApp(broker, "notebook", key).RedeemAsync(code)).Status);
    }

    [Fact]
    public async Task A_registered_client_cannot_pass_for_a_public_one()
    {
        using var key = new DpopKey();

        var (status, body) = await TestBroker.PostAsync(
            broker.Http, [("client_id", "portal"), ("grant_type", "refresh_token"), ("refresh_token", "x")], proof: key.Proof("POST", broker.Issuer + "/token", broker.Clock.GetUtcNow()));

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (status, body.Text("error")));
    }
}
