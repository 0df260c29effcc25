using System.Net;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.Tests.SignIn.Accounts;
using Microsoft.AspNetCore.WebUtilities;

namespace Kakehashi.IdBroker.Tests.SignIn.Institutions;

/// <summary>What an institution says at every sign-in, and what rests on it.</summary>
public sealed class AffiliationsTests(BrokerWithInstitutions world) : IClassFixture<BrokerWithInstitutions>
{
    private const string Alpha = BrokerWithInstitutions.Alpha;
    private const string Beta = BrokerWithInstitutions.Beta;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_vouch_ends_at_the_first_sign_in_at_which_the_institution_no_longer_counts_the_person_among_its_own()
    {
        using var browser = world.NewVisitor();
        await browser.JoinAsync(Alpha, world.AlphaItself, "ito");
        var account = await world.AccountOfAsync(world.AlphaItself, "ito");
        await world.AskAsync<int>(
            """
            INSERT INTO role_assignment (role_assignment_id, account_id, role, scope, asked_by, asked_at, given_by, given_at, expires_at, reason)
            VALUES (gen_random_uuid(), @account, 'researcher', 'University alpha', @account, now(), 'mori', now(), now() + interval '12 months', 'test')
            """,
            new { account });
        using var portal = world.NewVisitor();
        await portal.TravelAsync(Alpha, world.AlphaItself, "ito");
        Assert.Equal("""["researcher"]""", await RolesAsync(portal));

        await ChangeItoAsync("alum");
        using var later = world.NewVisitor();
        await later.TravelAsync(Alpha, world.AlphaItself, "ito");

        Assert.Equal("[]", await RolesAsync(later));
        Assert.Equal(
            ["vouch.ended affiliation-ended: University alpha"],
            await world.ListAsync<string>(
                "SELECT action || ' ' || reason FROM audit_event WHERE subject = @account AND action LIKE 'vouch.%'", new { account }));
        Assert.Equal(
            "{alum@example.ac.jp}",
            await world.AskAsync<string>("SELECT affiliations::text FROM identity_link WHERE account_id = @account", new { account }));
    }

    [Fact]
    public async Task Neither_mail_nor_principal_name_is_kept_anywhere()
    {
        var person = world.BetaItself.People[0] with
        {
            Login = "mail",
            Sub = "with-mail",
            Claims = new Dictionary<string, object>(world.BetaItself.People[0].Claims)
            {
                ["email"] = "never@example.ac.jp",
                ["eduperson_principal_name"] = "never@example.ac.jp",
            },
        };
        await world.BetaItself.ChangePeopleAsync([.. world.BetaItself.People, person], Ct);
        using var browser = world.NewVisitor();
        await browser.JoinAsync(Beta, world.BetaItself, "mail");

        foreach (var table in new[] { "account", "identity_link", "institution_arrival", "institution_visit", "access_event", "audit_event", "sign_in_session" })
        {
            Assert.Equal(0, await world.AskAsync<int>($"SELECT count(*) FROM {table} AS row WHERE row::text LIKE '%never@%'"));
        }
    }

    [Fact]
    public async Task The_database_holds_no_secret_of_a_visit()
    {
        using var browser = world.NewVisitor();
        var start = await browser.GetAsync($"/institutions/{Alpha}/start");
        var asked = QueryHelpers.ParseQuery(new Uri(start.Location!).Query);
        var secret = browser.Cookies.Values.Single().Split('.')[0];

        foreach (var value in new[] { asked["state"].ToString(), asked["nonce"].ToString(), asked["code_challenge"].ToString(), secret })
        {
            Assert.Equal(0, await world.AskAsync<int>("SELECT count(*) FROM institution_visit AS row WHERE position(@value IN row::text) > 0", new { value }));
        }
    }

    [Fact]
    public async Task A_client_that_wants_two_factors_now_has_the_institution_ask_for_them_again()
    {
        using var browser = world.NewVisitor();
        await browser.JoinAsync(Alpha, world.AlphaItself, "mori");
        var page = await browser.AuthorizeAsync(TestBrowser.Ask("portal", ("acr_values", Assurance.Mfa), ("prompt", "login")));

        var start = await browser.GetAsync($"/institutions/{Alpha}/start?request={page["request"]}");
        var asked = QueryHelpers.ParseQuery(new Uri(start.Location!).Query);
        var back = await browser.GetAsync((await world.AlphaItself.SignInAsync(new(start.Location!), "mori", Ct)).PathAndQuery);
        var done = await browser.GetAsync(new Uri(back.Location!).PathAndQuery);

        Assert.Equal(("login", "0", Assurance.Mfa), (asked["prompt"].ToString(), asked["max_age"].ToString(), asked["acr_values"].ToString()));
        Assert.NotNull(done["code"]);
    }

    [Fact]
    public async Task Where_the_institution_has_one_factor_only_the_accounts_own_second_one_is_asked_for()
    {
        using var browser = world.NewVisitor();
        await browser.JoinAsync(Beta, world.BetaItself, "abe");
        var secret = await world.Broker.GivenAnAuthenticatorAsync(await world.AccountOfAsync(world.BetaItself, "abe"));
        var query = $"?acr={Uri.EscapeDataString(Assurance.Mfa)}";

        var next = await browser.TravelAsync(Beta, world.BetaItself, "abe", query);
        Assert.True(next.LeadsTo($"{world.Broker.Issuer}/sign-in/second"), next.Location);
        await browser.EnterCodeAsync(world.Broker.CodeOf(secret), query);

        Assert.Equal(
            $"{Assurance.Mfa} fed,otp,mfa",
            await world.AskAsync<string>(
                "SELECT acr || ' ' || array_to_string(amr, ',') FROM sign_in_session WHERE account_id = @account AND ended_at IS NULL ORDER BY auth_time DESC LIMIT 1",
                new { account = await world.SignedInAsync(browser) }));
    }

    [Fact]
    public async Task The_sign_in_page_offers_every_institution_in_the_persons_language()
    {
        using var browser = world.NewVisitor();
        browser.AcceptLanguage = "ja";

        var page = await browser.GetAsync("/sign-in");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("アルファ大学", WebUtility.HtmlDecode(page.Body), StringComparison.Ordinal);
        Assert.Contains("/institutions/beta/start", page.Body, StringComparison.Ordinal);
    }

    private async Task<string> RolesAsync(TestBrowser browser)
    {
        var claims = TestApp.ClaimsOf((await new TestApp(world.Broker, "portal").SignInAsync(browser)).GetProperty("access_token").GetString()!);
        return claims.TryGetProperty(TokenClaims.Roles, out var roles) ? roles.GetRawText() : JsonSerializer.Serialize(Array.Empty<string>());
    }

    private Task ChangeItoAsync(string affiliation)
    {
        var ito = world.AlphaItself.People.Single(person => person.Login == "ito");
        var claims = new Dictionary<string, object>(ito.Claims) { ["eduperson_scoped_affiliation"] = new[] { $"{affiliation}@example.ac.jp" } };
        return world.AlphaItself.ChangePeopleAsync([.. world.AlphaItself.People.Where(person => person != ito), ito with { Claims = claims }], Ct);
    }
}
