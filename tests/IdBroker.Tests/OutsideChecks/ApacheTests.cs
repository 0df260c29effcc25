using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.OutsideChecks;

/// <summary>A web site that knows nothing of us but the issuer's address signs a person in and out.</summary>
public sealed class ApacheTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_behind_Apache_signs_a_person_in_and_out()
    {
        await using var site = await ApacheSite.StartAsync(broker, Ct);
        using var atBroker = await broker.BrowserAsync("ito");
        using var atSite = new TestBrowser(site.Address);

        Assert.Equal("<p>ito, 伊藤</p>", await SignInAsync(site, atBroker, atSite));

        var leaving = await atSite.GetAsync($"/people/back?logout={Uri.EscapeDataString($"{site.Address}")}");
        Assert.True(leaving.LeadsTo($"{broker.Issuer}/end_session?"), leaving.Location ?? leaving.Body);
        Assert.Equal($"{site.Address}", (await atBroker.GetAsync(leaving.Location!)).Location);
        Assert.Empty(atBroker.Cookies);
        Assert.True(await AsksToSignInAsync(atSite));
    }

    [Fact]
    public async Task Who_signs_out_at_the_broker_is_signed_out_of_the_site()
    {
        await using var site = await ApacheSite.StartAsync(broker, Ct);
        using var atBroker = await broker.BrowserAsync("ito");
        using var atSite = new TestBrowser(site.Address);
        await SignInAsync(site, atBroker, atSite);
        Assert.False(await AsksToSignInAsync(atSite));

        await atBroker.PostAsync("/end_session", [("confirmed", "yes")]);

        for (var round = 0; !await AsksToSignInAsync(atSite); round++)
        {
            Assert.True(round < 200, await site.ErrorsAsync(Ct));
            broker.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Delay(50, Ct);
        }
    }

    /// <summary>From the site to the broker and back, to the page that only people see.</summary>
    private async Task<string> SignInAsync(ApacheSite site, TestBrowser atBroker, TestBrowser atSite)
    {
        var sent = await atSite.GetAsync("/people/");
        Assert.True(sent.LeadsTo($"{broker.Issuer}/authorize?"), sent.Body);
        Assert.Equal("S256", sent["code_challenge_method"]);
        var back = await atBroker.GetAsync(sent.Location!);
        Assert.True(back.LeadsTo($"{site.Address}people/back?"), back.Location ?? back.Body);
        var returned = await atSite.GetAsync(back.Location!);
        Assert.True(returned.LeadsTo($"{site.Address}people/"), await site.ErrorsAsync(Ct));
        return (await atSite.GetAsync(returned.Location!)).Body;
    }

    private async Task<bool> AsksToSignInAsync(TestBrowser atSite) => (await atSite.GetAsync("/people/")).LeadsTo($"{broker.Issuer}/authorize?");
}
