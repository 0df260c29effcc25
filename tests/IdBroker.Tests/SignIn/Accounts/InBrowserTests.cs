using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.TestKit;
using Microsoft.Playwright;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

/// <summary>What a person sees and presses, in a real browser, in both languages.</summary>
public sealed class InBrowserTests(Browser browser) : IAsyncLifetime
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

    [Theory]
    [InlineData("en-GB", "User name", "Password", "Sign in", "The six digits your authenticator app shows", "Continue")]
    [InlineData("ja-JP", "ユーザー名", "パスワード", "サインイン", "認証アプリに表示されている6桁のコード", "続ける")]
    public async Task A_person_signs_in_with_password_and_code(string language, string name, string password, string signIn, string code, string go)
    {
        await _broker.GivenAPasswordAsync("real");
        var secret = await _broker.GivenAnAuthenticatorAsync("real");
        await browser.VisitAsync(
            async visit =>
            {
                await visit.Page.GotoAsync($"{_broker.Issuer}/sign-in");
                await visit.Page.GetByLabel(name, new() { Exact = true }).FillAsync("real");
                await visit.Page.GetByLabel(password, new() { Exact = true }).FillAsync(Given.Password);
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = signIn, Exact = true }).ClickAsync();
                await visit.Page.GetByLabel(code).FillAsync(_broker.CodeOf(secret));
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = go }).ClickAsync();
                await visit.Page.WaitForURLAsync($"{_broker.Issuer}/account");
                Assert.Equal(language[..2], await visit.Page.Locator("html").GetAttributeAsync("lang"));
            },
            Ct,
            language);
        Assert.Equal(["real sign-in.succeeded session pwd otp mfa mfa"], await _broker.HeardAsync("sign-in"));
    }

    [Fact]
    public async Task A_person_needs_no_mouse()
    {
        await _broker.GivenAPasswordAsync("real");
        var secret = await _broker.GivenAnAuthenticatorAsync("real");
        await browser.VisitAsync(
            async visit =>
            {
                var keys = visit.Page.Keyboard;
                await visit.AddPasskeyDeviceAsync();
                await visit.Page.GotoAsync($"{_broker.Issuer}/sign-in");
                await TabToAsync(visit.Page, "username");
                await keys.TypeAsync("real");
                await TabToAsync(visit.Page, "password");
                await keys.TypeAsync(Given.Password);
                await keys.PressAsync("Enter");
                await visit.Page.WaitForURLAsync($"{_broker.Issuer}/sign-in/second");
                await keys.TypeAsync(_broker.CodeOf(secret)); // the field has the focus
                await keys.PressAsync("Enter");
                await visit.Page.WaitForURLAsync($"{_broker.Issuer}/account");

                await visit.Page.GotoAsync($"{_broker.Issuer}/enrol/factors");
                await TabToAsync(visit.Page, "name");
                await keys.TypeAsync("Keyboard");
                await keys.PressAsync("Tab");
                await keys.PressAsync("Enter");
                await visit.Page.WaitForURLAsync($"{_broker.Issuer}/account");
            },
            Ct);
        Assert.Equal("Keyboard", await _broker.ReadAsync<string>("SELECT name FROM passkey"));
    }

    [Fact]
    public async Task Whoever_does_not_unlock_the_device_is_told_and_not_signed_in()
    {
        var code = await _broker.GivenAnEnrolmentCodeAsync("real");
        await browser.VisitAsync(
            async visit =>
            {
                var device = await visit.AddPasskeyDeviceAsync();
                await visit.Page.GotoAsync($"{_broker.Issuer}/enrol");
                await visit.Page.GetByLabel("Enrolment code").FillAsync(code);
                await visit.Page.Keyboard.PressAsync("Enter");
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create a passkey" }).ClickAsync();
                await visit.Page.WaitForURLAsync($"{_broker.Issuer}/account");
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).ClickAsync();
                await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in again" }).ClickAsync();

                await device.UnlocksAsync(false);
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
                await visit.Page.GetByRole(AriaRole.Alert).And(visit.Page.GetByText("No passkey was used.")).WaitForAsync();
                Assert.Equal($"{_broker.Issuer}/sign-in", visit.Page.Url);
            },
            Ct);
    }

    /// <summary>Presses Tab until the field with this id has the focus.</summary>
    private static async Task TabToAsync(IPage page, string id)
    {
        for (var stop = 0; stop < 30; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>("() => document.activeElement?.id ?? ''") == id)
            {
                return;
            }
        }

        Assert.Fail($"Tab does not lead to {id}.");
    }
}
