using System.Net;
using Kakehashi.Contracts;

namespace Kakehashi.IdBroker.Tests.SignIn.Institutions;

public sealed class SignInThroughInstitutionTests(BrokerWithInstitutions world) : IClassFixture<BrokerWithInstitutions>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_new_is_shown_what_was_taken_over_and_gets_an_account_when_they_say_yes()
    {
        using var visitor = world.NewVisitor();
        visitor.AcceptLanguage = "ja";

        var arrived = await visitor.TravelAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "ito");
        Assert.Equal($"{world.Broker.Issuer}/institutions/arrival", arrived.Location);
        Assert.Null(await world.SignedInAsync(visitor));
        var page = await visitor.GetAsync("/institutions/arrival");
        Assert.Contains("lang=\"ja\"", page.Body, StringComparison.Ordinal);
        Assert.Contains("伊藤 花", WebUtility.HtmlDecode(page.Body), StringComparison.Ordinal);
        Assert.Contains("faculty@example.ac.jp", WebUtility.HtmlDecode(page.Body), StringComparison.Ordinal);

        var done = await visitor.PostAsync("/institutions/arrival", []);

        Assert.Equal($"{world.Broker.Issuer}/account", done.Location);
        var account = await world.SignedInAsync(visitor);
        Assert.Matches("^u[0-9a-f]{32}$", account);
        Assert.Equal(
            "伊藤 花|University alpha|{}|institution|0000-0002-1825-0097",
            await world.AskAsync<string>(
                "SELECT concat_ws('|', display_name, org, roles, source, orcid) FROM account WHERE account_id = @account", new { account }));
        Assert.Equal(["account.registered"], await world.ListAsync<string>("SELECT kind FROM access_event WHERE subject = @account", new { account }));
    }

    [Fact]
    public async Task Who_comes_again_opens_the_same_account_whatever_key_the_institution_signs_with_by_then()
    {
        using var first = world.NewVisitor();
        await first.JoinAsync(BrokerWithInstitutions.Beta, world.BetaItself, "mori");
        await world.BetaItself.RotateKeysAsync(Ct, forget: true);
        world.Broker.Clock.Advance(TimeSpan.FromSeconds(4)); // keys are not fetched at every unknown one

        using var second = world.NewVisitor();
        var back = await second.TravelAsync(BrokerWithInstitutions.Beta, world.BetaItself, "mori");

        Assert.Equal($"{world.Broker.Issuer}/account", back.Location);
        Assert.NotNull(await world.SignedInAsync(second));
        Assert.Equal(await world.SignedInAsync(first), await world.SignedInAsync(second));
        Assert.Equal(
            $"{Assurance.Mfa}|fed,mfa|beta",
            await world.AskAsync<string>(
                "SELECT acr || '|' || array_to_string(amr, ',') || '|' || institution FROM sign_in_session WHERE account_id = @account LIMIT 1",
                new { account = await world.SignedInAsync(second) }));
    }

    [Fact]
    public async Task The_same_subject_at_another_institution_is_somebody_else()
    {
        using var atAlpha = world.NewVisitor();
        using var atBeta = world.NewVisitor();
        await atAlpha.JoinAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "abe");

        await atBeta.JoinAsync(BrokerWithInstitutions.Beta, world.BetaItself, "abe");

        Assert.NotNull(await world.SignedInAsync(atBeta));
        Assert.NotEqual(await world.SignedInAsync(atAlpha), await world.SignedInAsync(atBeta));
    }

    [Fact]
    public async Task An_institution_that_does_not_answer_is_said_to_be_away()
    {
        using var visitor = world.NewVisitor();

        var answer = await visitor.GetAsync("/institutions/gone/start");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal(["unreachable"], await world.RefusalsAsync("gone"));
    }
}
