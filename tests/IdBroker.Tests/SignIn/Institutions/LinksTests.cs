using System.Net;
using System.Net.Http.Json;
using Kakehashi.IdBroker.Tests.SignIn.Accounts;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn.Institutions;

/// <summary>Ways in are added and removed, and a way in that nobody used for long opens nothing by itself.</summary>
public sealed class LinksTests(BrokerWithInstitutions world) : IClassFixture<BrokerWithInstitutions>
{
    private const string Alpha = BrokerWithInstitutions.Alpha;
    private const string Beta = BrokerWithInstitutions.Beta;

    private static int _people;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_institution_opens_the_same_account_from_then_on()
    {
        var person = await SomebodyAsync();
        using var browser = world.NewVisitor();
        await browser.JoinAsync(Alpha, world.AlphaItself, person);
        var account = await world.SignedInAsync(browser);

        Assert.EndsWith("/account", (await browser.AddAsync(Beta, world.BetaItself, person)).Location, StringComparison.Ordinal);

        using var later = world.NewVisitor();
        await later.TravelAsync(Beta, world.BetaItself, person);
        Assert.Equal(account, await world.SignedInAsync(later));
        Assert.Equal("University beta", await world.AskAsync<string>("SELECT org FROM account WHERE account_id = @account", new { account }));
    }

    [Fact]
    public async Task Somebody_elses_identity_is_not_taken_over()
    {
        var (owner, other) = (await SomebodyAsync(), await SomebodyAsync());
        using var ownersBrowser = world.NewVisitor();
        using var othersBrowser = world.NewVisitor();
        await ownersBrowser.JoinAsync(Beta, world.BetaItself, owner);
        await othersBrowser.JoinAsync(Alpha, world.AlphaItself, other);

        var answer = await othersBrowser.AddAsync(Beta, world.BetaItself, owner);

        Assert.Contains("institution.linked-elsewhere", answer.Body, StringComparison.Ordinal);
        Assert.Equal("linked-elsewhere", (await world.RefusalsAsync(Beta))[^1]);
    }

    [Fact]
    public async Task A_way_in_is_added_only_by_who_signed_in_a_moment_ago_and_on_our_own_page()
    {
        var person = await SomebodyAsync();
        using var browser = world.NewVisitor();
        await browser.JoinAsync(Alpha, world.AlphaItself, person);

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/account/links", [("institution", Beta)], "cross-site")).Status);
        await world.AskAsync<int>("UPDATE sign_in_session SET auth_time = auth_time - interval '11 minutes'");
        Assert.True((await browser.PostAsync("/account/links", [("institution", Beta)])).LeadsTo($"{world.Broker.Issuer}/sign-in?"));
    }

    [Fact]
    public async Task A_session_that_ended_meanwhile_adds_nothing()
    {
        var person = await SomebodyAsync();
        using var browser = world.NewVisitor();
        await browser.JoinAsync(Alpha, world.AlphaItself, person);
        var start = await browser.PostAsync("/account/links", [("institution", Beta)]);
        await world.AskAsync<int>("UPDATE sign_in_session SET ended_at = now(), end_reason = 'test' WHERE ended_at IS NULL");

        var answer = await browser.GetAsync((await world.BetaItself.SignInAsync(new(start.Location!), person, Ct)).PathAndQuery);

        Assert.Contains("institution.session-gone", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_way_in_stays()
    {
        var person = await SomebodyAsync();
        using var browser = world.NewVisitor();
        await browser.JoinAsync(Alpha, world.AlphaItself, person);
        var first = await LinkAsync(world.AlphaItself, person);

        Assert.Equal(HttpStatusCode.Conflict, (await browser.PostAsync($"/account/links/{first}/end", [])).Status);
        await browser.AddAsync(Beta, world.BetaItself, person);
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.PostAsync($"/account/links/{first}/end", [])).Status);

        Assert.Equal(HttpStatusCode.Conflict, (await browser.PostAsync($"/account/links/{await LinkAsync(world.BetaItself, person)}/end", [])).Status);
        using var later = world.NewVisitor();
        Assert.EndsWith("/institutions/arrival", (await later.TravelAsync(Alpha, world.AlphaItself, person)).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_removes_somebody_elses_way_in()
    {
        var (owner, other) = (await SomebodyAsync(), await SomebodyAsync());
        using var ownersBrowser = world.NewVisitor();
        using var othersBrowser = world.NewVisitor();
        await ownersBrowser.JoinAsync(Alpha, world.AlphaItself, owner);
        await othersBrowser.JoinAsync(Alpha, world.AlphaItself, other);

        var answer = await othersBrowser.PostAsync($"/account/links/{await LinkAsync(world.AlphaItself, owner)}/end", []);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
    }

    [Fact]
    public async Task A_dormant_link_opens_no_account_until_an_operator_has_made_sure()
    {
        var (person, link) = await DormantAsync();
        using var browser = world.NewVisitor();

        var arrived = await browser.TravelAsync(Alpha, world.AlphaItself, person);
        Assert.EndsWith("/institutions/arrival", arrived.Location, StringComparison.Ordinal);
        Assert.Null(await world.SignedInAsync(browser));
        Assert.Contains(link.ToString(), (await browser.GetAsync("/institutions/arrival")).Body, StringComparison.Ordinal);
        Assert.Equal(["link.made-dormant"], await KindsAsync(link, since: "link.created"));

        Assert.Equal(HttpStatusCode.OK, (await RevetAsync("mori", link)).StatusCode);
        Assert.EndsWith("/account", (await browser.TravelAsync(Alpha, world.AlphaItself, person)).Location, StringComparison.Ordinal);
        Assert.NotNull(await world.SignedInAsync(browser));
        Assert.Equal(["link.made-dormant", "link.revetted"], await KindsAsync(link, since: "link.created"));
    }

    [Fact]
    public async Task Only_an_operator_revets_and_says_why()
    {
        var (_, link) = await DormantAsync();

        Assert.Equal(HttpStatusCode.Forbidden, (await RevetAsync("ito", link)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RevetAsync("mori", link, " ")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await RevetAsync("mori", Guid.CreateVersion7())).StatusCode);
        await world.AskAsync<int>("UPDATE identity_link SET account_id = 'mori' WHERE identity_link_id = @link", new { link });
        Assert.Equal(HttpStatusCode.Forbidden, (await RevetAsync("mori", link)).StatusCode);
    }

    [Fact]
    public async Task Whoever_got_the_identifier_anew_starts_a_new_account_and_the_old_one_stays_closed_to_them()
    {
        var (person, link) = await DormantAsync();
        var old = await world.AccountOfAsync(world.AlphaItself, person);
        using var browser = world.NewVisitor();
        await browser.TravelAsync(Alpha, world.AlphaItself, person);

        await browser.PostAsync("/institutions/arrival", []);

        var now = await world.SignedInAsync(browser);
        Assert.NotNull(now);
        Assert.NotEqual(old, now);
        Assert.Equal(now, await world.AccountOfAsync(world.AlphaItself, person));
        Assert.Equal("identifier-taken-by-new-account", await world.AskAsync<string>("SELECT end_reason FROM identity_link WHERE identity_link_id = @link", new { link }));
        Assert.Equal(HttpStatusCode.NotFound, (await RevetAsync("mori", link)).StatusCode);
    }

    [Fact]
    public async Task The_accounts_second_factor_shows_that_it_is_the_same_person()
    {
        var (person, link) = await DormantAsync();
        var account = await world.AccountOfAsync(world.AlphaItself, person);
        var secret = await world.Broker.GivenAnAuthenticatorAsync(account);
        using var browser = world.NewVisitor();
        await browser.TravelAsync(Alpha, world.AlphaItself, person);

        var second = await browser.PostAsync("/institutions/arrival/revetting", [("how", "second-factor")]);
        var query = second.Location![second.Location!.IndexOf('?', StringComparison.Ordinal)..];
        Assert.Null(await world.SignedInAsync(browser));
        var signedIn = await browser.EnterCodeAsync(world.Broker.CodeOf(secret), query);
        var resumed = await browser.GetAsync(new Uri(signedIn.Location!).PathAndQuery);
        var done = await browser.GetAsync(new Uri(new Uri(world.Broker.Issuer), resumed.Location).PathAndQuery);

        Assert.EndsWith("/account", done.Location, StringComparison.Ordinal);
        Assert.Equal(account, await world.SignedInAsync(browser));
        Assert.Equal(["link.made-dormant", "link.revetted"], await KindsAsync(link, since: "link.created"));
    }

    [Fact]
    public async Task Another_live_link_of_the_account_shows_it_too()
    {
        var person = await SomebodyAsync();
        using (var before = world.NewVisitor())
        {
            await before.JoinAsync(Alpha, world.AlphaItself, person);
            await before.AddAsync(Beta, world.BetaItself, person);
        }

        await AgeAsync(await LinkAsync(world.AlphaItself, person));
        using var browser = world.NewVisitor();
        await browser.TravelAsync(Alpha, world.AlphaItself, person);
        var choose = await browser.PostAsync("/institutions/arrival/revetting", [("how", "other")]);
        var query = choose.Location![choose.Location!.IndexOf('?', StringComparison.Ordinal)..];

        var signedIn = await browser.TravelAsync(Beta, world.BetaItself, person, query);
        var resumed = await browser.GetAsync(new Uri(signedIn.Location!).PathAndQuery);
        var done = await browser.GetAsync(new Uri(new Uri(world.Broker.Issuer), resumed.Location).PathAndQuery);

        Assert.EndsWith("/account", done.Location, StringComparison.Ordinal);
        Assert.EndsWith("link.revetted", (await KindsAsync(await LinkAsync(world.AlphaItself, person), since: "link.created"))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_of_another_account_revets_nothing()
    {
        var (person, link) = await DormantAsync();
        var other = await SomebodyAsync();
        using var browser = world.NewVisitor();
        await browser.TravelAsync(Alpha, world.AlphaItself, person);
        var arrival = browser.Cookies["__Host-kakehashi-arrival"];
        await browser.JoinAsync(Beta, world.BetaItself, other);
        browser.Take([$"__Host-kakehashi-arrival={arrival}"]);

        var answer = await browser.GetAsync("/institutions/arrival/revetted");

        Assert.EndsWith("/institutions/arrival", answer.Location, StringComparison.Ordinal);
        Assert.Equal(["link.made-dormant"], await KindsAsync(link, since: "link.created"));
    }

    /// <summary>Somebody new at both institutions.</summary>
    private async Task<string> SomebodyAsync()
    {
        var login = $"person{Interlocked.Increment(ref _people)}";
        foreach (var institution in new[] { world.AlphaItself, world.BetaItself })
        {
            var somebody = institution.People[0] with { Login = login, Sub = $"{login}-at-{institution.Issuer}" };
            await institution.ChangePeopleAsync([.. institution.People, somebody], Ct);
        }

        return login;
    }

    private async Task<(string Person, Guid Link)> DormantAsync()
    {
        var person = await SomebodyAsync();
        using var browser = world.NewVisitor();
        await browser.JoinAsync(Alpha, world.AlphaItself, person);
        var link = await LinkAsync(world.AlphaItself, person);
        await AgeAsync(link);
        return (person, link);
    }

    private Task<Guid> LinkAsync(PlayedInstitution institution, string login) => world.AskAsync<Guid>(
        "SELECT identity_link_id FROM identity_link WHERE issuer = @Issuer AND subject = @subject AND ended_at IS NULL",
        new { institution.Issuer, subject = $"{login}-at-{institution.Issuer}" });

    private Task<int> AgeAsync(Guid link) => world.AskAsync<int>(
        "UPDATE identity_link SET last_used_at = last_used_at - interval '12 months' WHERE identity_link_id = @link", new { link });

    private Task<IReadOnlyList<string>> KindsAsync(Guid link, string since) => world.ListAsync<string>(
        "SELECT kind FROM access_event WHERE subject = @subject AND kind <> @since ORDER BY access_event_id",
        new { subject = link.ToString("N"), since });

    private async Task<HttpResponseMessage> RevetAsync(string actor, Guid link, string reason = "Seen with passport at the front desk")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/links/{link}/revetting") { Content = JsonContent.Create(new { reason }) };
        request.Headers.Authorization = new("Bearer", await world.Broker.AccountTokenAsync(actor));
        return await world.Broker.Http.SendAsync(request, Ct);
    }
}
