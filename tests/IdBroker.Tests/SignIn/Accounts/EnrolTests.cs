using System.Net;
using System.Text.RegularExpressions;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

/// <summary>A first sign-in with the code an operator gave, and the set-up of what the person signs in with from then on.</summary>
public sealed partial class EnrolTests : IAsyncLifetime
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
    public async Task A_code_lets_a_steward_set_password_and_authenticator_and_signs_them_in()
    {
        var secret = await ComeInAsync(await _broker.GivenAnEnrolmentCodeAsync("real"));

        var done = await SetUpAsync(_browser, secret);

        Assert.Equal($"{_broker.Issuer}/account", done.Location);
        Assert.Equal(
            ["real second-factor.added real totp", "real password.changed real", "real enrolment.used real", "real sign-in.succeeded session pwd otp mfa mfa"],
            await _broker.HeardAsync("^(second|pass|enr|sign-in)"));
        _broker.Clock.Advance(TimeSpan.FromMinutes(1));
        using var later = _broker.Browser();
        await later.EnterPasswordAsync("real", "a new password, quite long");
        Assert.Equal(HttpStatusCode.SeeOther, (await later.EnterCodeAsync(_broker.CodeOf(secret.Secret))).Status);
    }

    [Fact]
    public async Task A_code_works_once_and_for_a_day()
    {
        var used = await _broker.GivenAnEnrolmentCodeAsync("real");
        await SetUpAsync(_browser, await ComeInAsync(used));
        Assert.Equal(HttpStatusCode.BadRequest, (await EnterAsync(_broker.Browser(), used)).Status);

        var late = await _broker.GivenAnEnrolmentCodeAsync("real");
        _broker.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(HttpStatusCode.BadRequest, (await EnterAsync(_broker.Browser(), late)).Status);
        Assert.All(await _broker.HeardAsync("sign-in.failed"), line => Assert.Equal("anonymous sign-in.failed anonymous enrolment.wrong", line));
    }

    [Fact]
    public async Task Of_two_people_with_one_code_the_first_to_finish_has_it()
    {
        var code = await _broker.GivenAnEnrolmentCodeAsync("real");
        using var other = _broker.Browser();
        var mine = await ComeInAsync(code);
        var theirs = await ComeInAsync(code, other);

        Assert.Equal($"{_broker.Issuer}/account", (await SetUpAsync(_browser, mine)).Location);
        Assert.Equal($"{_broker.Issuer}/sign-in", (await SetUpAsync(other, theirs)).Location);

        Assert.DoesNotContain(SignInSessions.Cookie, other.Cookies.Keys);
        Assert.Equal(1, await _broker.ReadAsync<long>("SELECT count(*) FROM sign_in_session"));
    }

    [Fact]
    public async Task Enrolling_ends_the_sessions_from_before()
    {
        using var before = await _broker.BrowserAsync("real");
        var secret = await ComeInAsync(await _broker.GivenAnEnrolmentCodeAsync("real"));

        await SetUpAsync(_browser, secret);

        Assert.Equal(["real session.ended session enrolment"], await _broker.HeardAsync("session.ended"));
    }

    [Theory]
    [InlineData("short", "short", true, "at least 12")]
    [InlineData("a new password, quite long", "another password, long", true, "not the same")]
    [InlineData("really long but with the name real", "really long but with the name real", true, "must not contain")]
    [InlineData("a new password, quite long", "a new password, quite long", false, "That code is not right")]
    public async Task What_is_not_good_is_said_and_nothing_is_kept(string password, string again, bool rightCode, string said)
    {
        var offer = await ComeInAsync(await _broker.GivenAnEnrolmentCodeAsync("real"));

        var page = await _browser.PostAsync("/enrol/factors",
        [
            ("offer", offer.Box), ("password", password), ("again", again), ("code", _broker.CodeOf(offer.Secret, rightCode ? 0 : 5)),
        ]);

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains(said, page.Body, StringComparison.Ordinal);
        Assert.Contains(offer.Box, page.Body, StringComparison.Ordinal); // the same QR code: it may be scanned already
        Assert.Equal(0, await _broker.ReadAsync<long>("SELECT (SELECT count(*) FROM totp) + (SELECT count(*) FROM local_password)"));
    }

    [Fact]
    public async Task An_offer_made_for_somebody_else_is_not_taken()
    {
        using var other = _broker.Browser();
        var theirs = await ComeInAsync(await _broker.GivenAnEnrolmentCodeAsync("ito"), other);
        await ComeInAsync(await _broker.GivenAnEnrolmentCodeAsync("real"));

        var page = await SetUpAsync(_browser, theirs);

        Assert.Contains("no longer valid", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_accounts_code_does_not_complete_a_sign_in()
    {
        await _broker.GivenAPasswordAsync("real");
        await _browser.EnterPasswordAsync("real");

        Assert.Equal(HttpStatusCode.BadRequest, (await EnterAsync(_browser, await _broker.GivenAnEnrolmentCodeAsync("ito"))).Status);
    }

    [Fact]
    public async Task A_code_completes_the_sign_in_of_a_steward_without_a_second_factor()
    {
        await _broker.GivenAPasswordAsync("real");
        await _browser.EnterPasswordAsync("real", query: "?request=abc");
        var code = await _broker.GivenAnEnrolmentCodeAsync("real");

        var secret = await ComeInAsync(code.ToLowerInvariant().Replace('-', ' '), query: "?request=abc");
        var done = await SetUpAsync(_browser, secret, "?request=abc");

        Assert.Equal($"{_broker.Issuer}/authorize/resume?request=abc", done.Location);
    }

    [Theory]
    [InlineData("/enrol")]
    [InlineData("/enrol/factors")]
    public async Task Another_sites_page_cannot_enrol(string path) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await _browser.PostAsync(path, [("code", "x")], "cross-site")).Status);

    [Fact]
    public async Task An_institutions_person_goes_to_the_institution_after_setting_up()
    {
        await _broker.ReadAsync<int>("UPDATE account SET source = 'institution' WHERE account_id = 'real'");
        var offer = await ComeInAsync(await _broker.GivenAnEnrolmentCodeAsync("real"));

        var done = await _browser.PostAsync("/enrol/factors", [("offer", offer.Box), ("code", _broker.CodeOf(offer.Secret))]);

        Assert.Equal($"{_broker.Issuer}/sign-in", done.Location);
        Assert.DoesNotContain(SignInSessions.Cookie, _browser.Cookies.Keys);
        Assert.Equal(1, await _broker.ReadAsync<long>("SELECT count(*) FROM totp"));
    }

    private static Task<TestBrowser.Page> EnterAsync(TestBrowser browser, string code, string query = "") =>
        browser.PostAsync($"/enrol{query}", [("code", code)]);

    /// <summary>Enters the code and reads the QR code's key.</summary>
    private async Task<AuthenticatorOffer> ComeInAsync(string code, TestBrowser? browser = null, string query = "")
    {
        browser ??= _browser;
        Assert.Equal($"{_broker.Issuer}/enrol/factors{query}", (await EnterAsync(browser, code, query)).Location);
        var page = (await browser.GetAsync($"/enrol/factors{query}")).Body;
        return new(
            TotpRules.FromBase32(Key().Match(page).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal))!,
            Offer().Match(page).Groups[1].Value);
    }

    private Task<TestBrowser.Page> SetUpAsync(TestBrowser browser, AuthenticatorOffer offer, string query = "")
    {
        const string Password = "a new password, quite long";
        return browser.PostAsync($"/enrol/factors{query}",
            [("offer", offer.Box), ("password", Password), ("again", Password), ("code", _broker.CodeOf(offer.Secret))]);
    }

    [GeneratedRegex("class=\"code key\">([A-Z2-7 ]+)<")]
    private static partial Regex Key();

    [GeneratedRegex("name=\"offer\" value=\"([^\"]+)\"")]
    private static partial Regex Offer();
}
