using System.Text.RegularExpressions;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.TestKit;
using Microsoft.Playwright;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

/// <summary>What a person sees and presses, in a real browser, in both languages.</summary>
public sealed partial class InBrowserTests(Browser browser) : IAsyncLifetime
{
    private readonly TestBroker _broker = new() { Host = "localhost" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [InlineData("en-GB", "Enrolment code", "Continue", "Create a passkey", "Use a passkey")]
    [InlineData("ja-JP", "登録コード", "続ける", "パスキーを作成する", "パスキーを使う")]
    public async Task A_person_enrols_with_a_passkey_and_signs_in_with_it(string language, string code, string go, string create, string use)
    {
        var enrolment = await _broker.GivenAnEnrolmentCodeAsync("real");
        await browser.VisitAsync(
            async visit =>
            {
                var device = await visit.AddPasskeyDeviceAsync();
                await visit.Page.GotoAsync($"{_broker.Issuer}/enrol");
                await visit.Page.GetByLabel(code).FillAsync(enrolment);
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = go }).ClickAsync();
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = create }).ClickAsync();
                await visit.Page.WaitForURLAsync($"{_broker.Issuer}/account");
                Assert.Equal("localhost", Assert.Single(await device.PasskeysAsync()).GetProperty("rpId").GetString());

                await visit.Context.ClearCookiesAsync();
                await visit.Page.GotoAsync($"{_broker.Issuer}/sign-in");
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = use }).ClickAsync();
                await visit.Page.WaitForURLAsync($"{_broker.Issuer}/account");
            },
            Ct,
            language);
        Assert.Equal(
            ["real sign-in.succeeded session hwk user mfa mfa", "real sign-in.succeeded session hwk user mfa mfa"],
            await _broker.HeardAsync("sign-in"));
        Assert.Equal(2, await _broker.ReadAsync<long>("SELECT sign_count FROM passkey"));
    }
}
