using System.Net;
using System.Text.Json;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

/// <summary>Passkeys without a browser: what is refused, and why.</summary>
public sealed class PasskeyTests : IAsyncLifetime
{
    private readonly TestBroker _broker = new();
    private SoftPasskey _passkey = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _broker.InitializeAsync();
        _passkey = new(_broker.Issuer);
    }

    public ValueTask DisposeAsync()
    {
        _passkey.Dispose();
        return _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_passkey_signs_in_with_two_factors_and_its_count_is_kept()
    {
        await RegisterAsync("real");
        using var browser = _broker.Browser();

        var answer = await SignInAsync(browser, "?request=abc");

        Assert.Equal($"{_broker.Issuer}/authorize/resume?request=abc", Location(answer));
        Assert.True(browser.Cookies.ContainsKey(SignInSessions.Cookie));
        Assert.Equal("real sign-in.succeeded session hwk user mfa mfa", (await _broker.HeardAsync("sign-in"))[^1]);
        Assert.Equal(1, await _broker.ReadAsync<long>("SELECT sign_count FROM passkey WHERE last_used_at IS NOT NULL"));
        Assert.DoesNotContain("real", _passkey.UserHandle, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<SoftPasskey>> Wrong => new()
    {
        { "an origin that is not ours", passkey => passkey.Origin = "https://kakehashi.example.evil" },
        { "another site's passkey", passkey => passkey.RpId = "kakehashi.example.evil" },
        { "a device that was not unlocked", passkey => passkey.Unlocks = false },
        { "a count that went back: a copy", passkey => passkey.Count -= 2 },
        { "a person who has no such passkey", passkey => passkey.UserHandle = StrictBase64Url.Encode(new byte[32]) },
        { "no person at all", passkey => passkey.UserHandle = null },
        { "a passkey we do not know", passkey => passkey.Id[0]++ },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task A_wrong_answer_is_refused(string what, Action<SoftPasskey> change)
    {
        await RegisterAsync("real");
        using var browser = _broker.Browser();
        await SignInAsync(_broker.Browser());
        await SignInAsync(_broker.Browser());

        change(_passkey);
        var answer = await SignInAsync(browser);

        Assert.True(answer.Status == HttpStatusCode.BadRequest, what);
        Assert.Contains("passkey.refused", answer.Body, StringComparison.Ordinal);
        Assert.Empty(browser.Cookies);
        Assert.Equal(["anonymous sign-in.failed anonymous passkey.refused"], await _broker.HeardAsync("sign-in.failed"));
    }

    [Fact]
    public async Task An_answer_counts_once()
    {
        await RegisterAsync("real");
        var (question, options) = await AskAsync(_broker.Browser(), "sign-in");
        var answer = Body(question, _passkey.Use(options));

        Assert.Equal(HttpStatusCode.OK, (await _broker.Browser().PostJsonAsync("/passkeys/sign-in", answer)).Status);
        var again = await _broker.Browser().PostJsonAsync("/passkeys/sign-in", answer);

        Assert.Contains("passkey.answered-before", again.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_waits_five_minutes_and_an_answer_to_another_does_not_count()
    {
        await RegisterAsync("real");
        var (late, lateOptions) = await AskAsync(_broker.Browser(), "sign-in");
        _broker.Clock.Advance(TimeSpan.FromMinutes(5.1));
        var (other, _) = await AskAsync(_broker.Browser(), "sign-in");

        Assert.Contains("answered-before", (await _broker.Browser().PostJsonAsync("/passkeys/sign-in", Body(late, _passkey.Use(lateOptions)))).Body, StringComparison.Ordinal);
        Assert.Contains("refused", (await _broker.Browser().PostJsonAsync("/passkeys/sign-in", Body(other, _passkey.Use(lateOptions)))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_answers_with_one_count_at_once_one_counts()
    {
        await RegisterAsync("real");
        var questions = new List<(string Question, JsonElement Options)>();
        for (var question = 0; question < 2; question++)
        {
            questions.Add(await AskAsync(_broker.Browser(), "sign-in"));
        }

        var answers = questions.ConvertAll(asked =>
        {
            _passkey.Count = 0;
            return Body(asked.Question, _passkey.Use(asked.Options));
        });
        await using var gate = await RowGate.CloseAsync(_broker.ConnectionString, "SELECT FROM passkey FOR UPDATE", Ct);
        var both = answers.ConvertAll(answer => _broker.Browser().PostJsonAsync("/passkeys/sign-in", answer));
        await gate.OpenWhenWaitingAsync(2, Ct);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.BadRequest], (await Task.WhenAll(both)).Select(answer => answer.Status).Order());
    }

    [Fact]
    public async Task A_disabled_account_has_no_passkey()
    {
        await RegisterAsync("real");
        await _broker.ReadAsync<int>("UPDATE account SET enabled = false WHERE account_id = 'real'");

        Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(_broker.Browser())).Status);
    }

    [Fact]
    public async Task An_institutions_person_shows_the_passkey_after_the_institution()
    {
        await RegisterAsync("real");
        await _broker.ReadAsync<int>("UPDATE account SET source = 'institution' WHERE account_id = 'real'");

        Assert.Contains("passkey.institution-first", (await SignInAsync(_broker.Browser())).Body, StringComparison.Ordinal);

        using var signedIn = await _broker.BrowserAsync("real");
        await _broker.ReadAsync<int>("UPDATE sign_in_session SET institution = 'kyoto', amr = '{fed}' WHERE ended_at IS NULL");
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(signedIn)).Status);
    }

    [Fact]
    public async Task After_a_password_the_passkey_completes_the_same_sign_in()
    {
        await RegisterAsync("real");
        await _broker.GivenAPasswordAsync("real");
        using var browser = _broker.Browser();
        await browser.EnterPasswordAsync("real");
        Assert.Contains("Use a passkey", (await browser.GetAsync("/sign-in/second")).Body, StringComparison.Ordinal);

        await SignInAsync(browser);

        Assert.Equal("real sign-in.succeeded session pwd hwk user mfa mfa", (await _broker.HeardAsync("sign-in"))[^1]);
        Assert.Equal(0, await _broker.ReadAsync<long>("SELECT count(*) FROM started_sign_in"));
    }

    [Theory]
    [InlineData("/passkeys/sign-in/options")]
    [InlineData("/passkeys/sign-in")]
    [InlineData("/passkeys/registration/options")]
    [InlineData("/passkeys/registration")]
    public async Task Another_sites_page_gets_nothing(string path) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await _broker.Browser().PostJsonAsync(path, """{"question": "x", "credential": {}}""", "cross-site")).Status);

    [Theory]
    [InlineData("""{"question": "x"}""")]
    [InlineData("""{"question": null, "credential": {}}""")]
    [InlineData("""{"question": "x", "credential": {}, "more": 1}""")]
    [InlineData("[]")]
    public async Task What_is_no_answer_is_a_bad_request(string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _broker.Browser().PostJsonAsync("/passkeys/sign-in", body)).Status);

    [Fact]
    public async Task Nobody_adds_a_passkey_without_a_fresh_sign_in()
    {
        Assert.Contains("passkey.sign-in-first", (await _broker.Browser().PostJsonAsync("/passkeys/registration/options", "{}")).Body, StringComparison.Ordinal);

        using var browser = await _broker.BrowserAsync("real");
        var (question, options) = await AskAsync(browser, "registration");
        _broker.Clock.Advance(TimeSpan.FromMinutes(10.1));

        var late = await browser.PostJsonAsync("/passkeys/registration", Body(question, _passkey.Create(options)));
        Assert.Contains("passkey.sign-in-first", late.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passkey_made_for_one_account_is_not_added_to_another()
    {
        using var real = await _broker.BrowserAsync("real");
        using var ito = await _broker.BrowserAsync("ito");
        var (question, options) = await AskAsync(real, "registration");

        Assert.Contains("answered-before", (await ito.PostJsonAsync("/passkeys/registration", Body(question, _passkey.Create(options)))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passkey_belongs_to_one_account_and_a_second_shares_the_first_ones_handle()
    {
        await RegisterAsync("real");
        var handle = _passkey.UserHandle;
        Assert.Contains("passkey.refused", (await TryRegisterAsync("ito", _passkey)).Body, StringComparison.Ordinal);

        using var second = new SoftPasskey(_broker.Issuer);
        await TryRegisterAsync("real", second);

        Assert.Equal(handle, second.UserHandle);
        Assert.Equal(2, await _broker.ReadAsync<long>("SELECT count(*) FROM passkey WHERE account_id = 'real'"));
    }

    [Theory]
    [InlineData("origin")]
    [InlineData("unlock")]
    public async Task A_passkey_that_is_not_right_is_not_added(string fault)
    {
        _passkey.Origin = fault == "origin" ? "https://elsewhere.example" : _passkey.Origin;
        _passkey.Unlocks = fault != "unlock";

        Assert.Equal(HttpStatusCode.BadRequest, (await TryRegisterAsync("real", _passkey)).Status);
        Assert.Empty(await _broker.HeardAsync("second-factor"));
    }

    private async Task RegisterAsync(string accountId) => Assert.Equal($"{_broker.Issuer}/account", Location(await TryRegisterAsync(accountId, _passkey)));

    private async Task<TestBrowser.Page> TryRegisterAsync(string accountId, SoftPasskey passkey)
    {
        using var browser = await _broker.BrowserAsync(accountId);
        var (question, options) = await AskAsync(browser, "registration");
        return await browser.PostJsonAsync("/passkeys/registration", Body(question, passkey.Create(options)));
    }

    private async Task<TestBrowser.Page> SignInAsync(TestBrowser browser, string query = "")
    {
        var (question, options) = await AskAsync(browser, "sign-in");
        return await browser.PostJsonAsync($"/passkeys/sign-in{query}", Body(question, _passkey.Use(options)));
    }

    private static async Task<(string Question, JsonElement Options)> AskAsync(TestBrowser browser, string action)
    {
        var asked = JsonElement.Parse((await browser.PostJsonAsync($"/passkeys/{action}/options", "{}")).Body);
        return (asked.GetProperty("question").GetString()!, asked.GetProperty("options"));
    }

    private static string Body(string question, string credential) => $$"""{"question": "{{question}}", "credential": {{credential}}}""";

    private static string? Location(TestBrowser.Page answer) => JsonElement.Parse(answer.Body).Text("location");
}
