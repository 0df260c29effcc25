using System.Net;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

public sealed class SignInWithPasswordTests : IAsyncLifetime
{
    private readonly TestBroker _broker = new();
    private TestBrowser _browser = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _broker.InitializeAsync();
        _browser = _broker.Browser();
    }

    public ValueTask DisposeAsync()
    {
        _browser.Dispose();
        return _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_researcher_without_a_second_factor_is_signed_in_with_one()
    {
        await _broker.GivenAPasswordAsync("ito");

        var answer = await _browser.EnterPasswordAsync("ito");

        Assert.Equal(HttpStatusCode.SeeOther, answer.Status);
        Assert.Equal($"{_broker.Issuer}/account", answer.Location);
        Assert.True(_browser.Cookies.ContainsKey(SignInSessions.Cookie));
        Assert.Equal(["ito sign-in.succeeded session pwd sfa"], await _broker.HeardAsync("sign-in"));
    }

    [Fact]
    public async Task Whoever_has_a_second_factor_is_asked_for_it()
    {
        await _broker.GivenAPasswordAsync("ito");
        var secret = await _broker.GivenAnAuthenticatorAsync("ito");

        var half = await _browser.EnterPasswordAsync("ito", query: "?request=abc");
        Assert.Equal($"{_broker.Issuer}/sign-in/second?request=abc", half.Location);
        Assert.False(_browser.Cookies.ContainsKey(SignInSessions.Cookie));

        var whole = await _browser.EnterCodeAsync(_broker.CodeOf(secret), "?request=abc");

        Assert.Equal($"{_broker.Issuer}/authorize/resume?request=abc", whole.Location);
        Assert.Equal(["ito sign-in.succeeded session pwd otp mfa mfa"], await _broker.HeardAsync("sign-in"));
        Assert.Equal(0, await _broker.ReadAsync<long>("SELECT count(*) FROM started_sign_in"));
    }

    [Fact]
    public async Task Whoever_needs_two_factors_and_has_one_needs_an_enrolment_code()
    {
        await _broker.GivenAPasswordAsync("real");

        var answer = await _browser.EnterPasswordAsync("real");

        Assert.Equal($"{_broker.Issuer}/enrol", answer.Location);
        Assert.False(_browser.Cookies.ContainsKey(SignInSessions.Cookie));
        Assert.Contains("enrolment code from an operator", (await _browser.GetAsync("/enrol")).Body, StringComparison.Ordinal);
        Assert.True((await _browser.GetAsync("/enrol/factors")).LeadsTo($"{_broker.Issuer}/sign-in"));
    }

    [Theory]
    [InlineData("ito", "wrong password!")]
    [InlineData("ito", "")]
    [InlineData("nobody", Given.Password)]
    [InlineData("kato", Given.Password)] // has no password
    [InlineData("No Such Name\0", Given.Password)]
    public async Task A_wrong_password_and_an_unknown_name_get_the_same_answer(string name, string password)
    {
        await _broker.GivenAPasswordAsync("ito");
        var known = await _browser.EnterPasswordAsync("ito", "something else");

        var answer = await _broker.Browser().EnterPasswordAsync(name, password);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(Without("ito", known.Body), Without(AccountIds.Read(name), answer.Body));
        Assert.DoesNotContain(SignInSessions.Cookie, _browser.Cookies.Keys);
        Assert.All(
            await _broker.HeardAsync("sign-in"),
            line => Assert.Matches("^anonymous sign-in.failed (ito|kato|anonymous) password.wrong$", line));

        static string Without(string name, string body) => body.Replace($"value=\"{name}\"", "value=\"\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_account_is_a_wrong_password()
    {
        await _broker.GivenAPasswordAsync("ito");
        await _broker.ReadAsync<int>("UPDATE account SET enabled = false WHERE account_id = 'ito'");

        Assert.Equal(HttpStatusCode.BadRequest, (await _browser.EnterPasswordAsync("ito")).Status);
        Assert.Equal(["anonymous sign-in.failed anonymous password.wrong"], await _broker.HeardAsync("sign-in"));
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    [InlineData(null)]
    public async Task Another_sites_page_cannot_sign_anybody_in(string? site)
    {
        await _broker.GivenAPasswordAsync("ito");

        Assert.Equal(HttpStatusCode.Forbidden, (await _browser.EnterPasswordAsync("ito", site: site)).Status);
        Assert.Empty(_browser.Cookies);
    }

    [Fact]
    public async Task An_old_hash_is_made_stronger()
    {
        var weak = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 })).HashPassword(new(), Given.Password);
        await _broker.GivenAPasswordAsync("ito", weak);

        await _browser.EnterPasswordAsync("ito");

        var hash = await _broker.ReadAsync<string>("SELECT password_hash FROM local_password");
        Assert.NotEqual(weak, hash);
        Assert.Equal(PasswordVerificationResult.Success, PasswordRules.Verify(hash, Given.Password));
    }

    [Fact]
    public async Task Signing_in_again_keeps_the_session_and_changes_its_cookie()
    {
        await _broker.GivenAPasswordAsync("ito");
        await _browser.EnterPasswordAsync("ito");
        var cookie = _browser.Cookies[SignInSessions.Cookie];

        await _browser.EnterPasswordAsync("ito");

        Assert.NotEqual(cookie, _browser.Cookies[SignInSessions.Cookie]);
        Assert.Equal(1, await _broker.ReadAsync<long>("SELECT count(*) FROM sign_in_session"));
        Assert.Equal(["ito session.raised session sfa"], await _broker.HeardAsync("session"));
    }

    [Fact]
    public async Task Another_person_in_the_same_browser_ends_the_session_before()
    {
        await _broker.GivenAPasswordAsync("ito");
        await _broker.GivenAPasswordAsync("kato");
        await _browser.EnterPasswordAsync("ito");

        await _browser.EnterPasswordAsync("kato");

        Assert.Equal(["ito session.ended session replaced"], await _broker.HeardAsync("session"));
    }

    [Fact]
    public async Task A_client_that_asks_for_two_factors_leads_to_setting_one_up()
    {
        await _broker.GivenAPasswordAsync("ito");

        var answer = await _browser.EnterPasswordAsync("ito", query: "?request=abc&acr=https://refeds.org/profile/mfa");

        Assert.True(answer.LeadsTo($"{_broker.Issuer}/enrol/factors?request=abc&acr="));
        Assert.Contains("Create a passkey", (await _browser.GetAsync(answer.Location!)).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("de-DE", "en", "Sign in")]
    [InlineData("ja-JP,en;q=0.5", "ja", "サインイン")]
    [InlineData(null, "en", "Sign in")]
    public async Task The_page_speaks_the_browsers_language(string? accepted, string language, string title)
    {
        _browser.AcceptLanguage = accepted;

        var page = await _browser.GetAsync("/sign-in");

        Assert.Contains($"<html lang=\"{language}\">", page.Body, StringComparison.Ordinal);
        Assert.Contains($"<h1>{title}</h1>", WebUtility.HtmlDecode(page.Body), StringComparison.Ordinal);
    }
}
