using System.Net;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn.Institutions;

/// <summary>What a person's browser does to sign in through an institution.</summary>
internal static class Travelling
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Leaves for the institution, signs in there, and answers the path it was sent back to.</summary>
    public static async Task<string> VisitAsync(this TestBrowser browser, string slug, PlayedInstitution institution, string login, string query = "")
    {
        var start = await browser.GetAsync($"/institutions/{slug}/start{query}");
        Assert.True(start.Status == HttpStatusCode.SeeOther, start.Body);
        return (await institution.SignInAsync(new(start.Location!), login, Ct)).PathAndQuery;
    }

    /// <summary>The whole way there and back.</summary>
    public static async Task<TestBrowser.Page> TravelAsync(
        this TestBrowser browser, string slug, PlayedInstitution institution, string login, string query = "") =>
        await browser.GetAsync(await browser.VisitAsync(slug, institution, login, query));

    /// <summary>The same for somebody new, who says yes to an account.</summary>
    public static async Task<TestBrowser.Page> JoinAsync(this TestBrowser browser, string slug, PlayedInstitution institution, string login)
    {
        var arrived = await browser.TravelAsync(slug, institution, login);
        Assert.True(arrived.Location?.EndsWith("/institutions/arrival", StringComparison.Ordinal), arrived.Location + arrived.Body);
        return await browser.PostAsync("/institutions/arrival", []);
    }

    /// <summary>A signed-in person adds an institution on the account page.</summary>
    public static async Task<TestBrowser.Page> AddAsync(this TestBrowser browser, string slug, PlayedInstitution institution, string login)
    {
        var start = await browser.PostAsync("/account/links", [("institution", slug)]);
        Assert.True(start.Status == HttpStatusCode.SeeOther, start.Body);
        return await browser.GetAsync((await institution.SignInAsync(new(start.Location!), login, Ct)).PathAndQuery);
    }
}
