using System.Net;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

public sealed class ProveSecondFactorTests : IAsyncLifetime
{
    private readonly TestBroker _broker = new();
    private byte[] _secret = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _broker.InitializeAsync();
        await _broker.GivenAPasswordAsync("real");
        _secret = await _broker.GivenAnAuthenticatorAsync("real");
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_steward_signs_in_with_both_factors()
    {
        using var browser = await HalfwayAsync();

        var answer = await browser.EnterCodeAsync(_broker.CodeOf(_secret));

        Assert.Equal($"{_broker.Issuer}/account", answer.Location);
        Assert.Equal(["real sign-in.succeeded session pwd otp mfa mfa"], await _broker.HeardAsync("sign-in"));
    }

    [Fact]
    public async Task A_code_of_the_step_before_or_after_counts_and_spaces_do_not_matter()
    {
        using var early = await HalfwayAsync();
        using var late = await HalfwayAsync();

        Assert.Equal(HttpStatusCode.SeeOther, (await early.EnterCodeAsync(_broker.CodeOf(_secret, -1).Insert(3, " "))).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await late.EnterCodeAsync(_broker.CodeOf(_secret, 1))).Status);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public async Task A_code_of_another_time_is_wrong(int steps)
    {
        using var browser = await HalfwayAsync();

        var answer = await browser.EnterCodeAsync(_broker.CodeOf(_secret, steps));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("That code is not right", answer.Body, StringComparison.Ordinal);
        Assert.Equal(["anonymous sign-in.failed real code.wrong"], await _broker.HeardAsync("sign-in"));
    }

    [Fact]
    public async Task A_used_code_does_not_count_again_nor_does_an_older_one()
    {
        using var first = await HalfwayAsync();
        await first.EnterCodeAsync(_broker.CodeOf(_secret));
        using var second = await HalfwayAsync();

        var same = await second.EnterCodeAsync(_broker.CodeOf(_secret));
        var older = await second.EnterCodeAsync(_broker.CodeOf(_secret, -1));

        Assert.Contains("used before", same.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, older.Status);
        Assert.DoesNotContain(SignInSessions.Cookie, second.Cookies.Keys);
        Assert.Equal("anonymous sign-in.failed real code.replayed", (await _broker.HeardAsync("sign-in"))[1]);
    }

    [Fact]
    public async Task Of_two_uses_of_one_code_at_once_one_counts()
    {
        TestBrowser[] browsers = [await HalfwayAsync(), await HalfwayAsync()];
        var code = _broker.CodeOf(_secret);
        await using var gate = await RowGate.CloseAsync(_broker.ConnectionString, "SELECT FROM totp WHERE account_id = 'real' FOR UPDATE", Ct);

        var both = browsers.Select(browser => browser.EnterCodeAsync(code)).ToList();
        await gate.OpenWhenWaitingAsync(2, Ct);

        Assert.Equal([HttpStatusCode.SeeOther, HttpStatusCode.BadRequest], (await Task.WhenAll(both)).Select(answer => answer.Status).Order());
        Assert.Equal(1, await _broker.ReadAsync<long>("SELECT count(*) FROM sign_in_session"));
    }

    [Fact]
    public async Task The_first_proof_counts_for_five_minutes()
    {
        using var browser = await HalfwayAsync();
        _broker.Clock.Advance(TimeSpan.FromMinutes(5.5));

        Assert.Equal($"{_broker.Issuer}/sign-in", (await browser.EnterCodeAsync(_broker.CodeOf(_secret))).Location);
        Assert.Equal($"{_broker.Issuer}/sign-in", (await browser.GetAsync("/sign-in/second")).Location);
    }

    [Fact]
    public async Task Without_a_first_proof_a_code_is_not_looked_at()
    {
        using var browser = _broker.Browser();

        Assert.Equal($"{_broker.Issuer}/sign-in", (await browser.EnterCodeAsync(_broker.CodeOf(_secret))).Location);
    }

    [Fact]
    public async Task Another_sites_page_cannot_enter_a_code()
    {
        using var browser = await HalfwayAsync();

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.EnterCodeAsync(_broker.CodeOf(_secret), site: "cross-site")).Status);
    }

    [Fact]
    public async Task The_secret_is_not_readable_in_the_database_nor_usable_for_another_account()
    {
        var box = await _broker.ReadAsync<byte[]>("SELECT secret FROM totp");
        Assert.DoesNotContain(Convert.ToHexString(_secret), Convert.ToHexString(box!), StringComparison.Ordinal);

        await _broker.GivenAPasswordAsync("ito");
        await _broker.ReadAsync<int>("INSERT INTO totp (account_id, secret, last_step, added_at) SELECT 'ito', secret, 0, now() FROM totp");
        using var browser = _broker.Browser();
        await browser.EnterPasswordAsync("ito");

        Assert.Equal(HttpStatusCode.InternalServerError, (await browser.EnterCodeAsync(_broker.CodeOf(_secret))).Status);
    }

    private async Task<TestBrowser> HalfwayAsync()
    {
        var browser = _broker.Browser();
        Assert.Equal($"{_broker.Issuer}/sign-in/second", (await browser.EnterPasswordAsync("real")).Location);
        return browser;
    }
}
