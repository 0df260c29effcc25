using System.Net;
using Kakehashi.IdBroker.SignIn.Institutions;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Kakehashi.IdBroker.Tests.SignIn.Institutions;

/// <summary>Nobody gets in by an answer that is wrong in one way, and the ledger hears in which.</summary>
public sealed class MisbehavingInstitutionTests(BrokerWithInstitutions world) : IClassFixture<BrokerWithInstitutions>
{
    private const string AnyCallback = $"/institutions/{BrokerWithInstitutions.Alpha}/callback";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("wrong-nonce", "wrong-nonce")]
    [InlineData("no-nonce", "wrong-nonce")]
    [InlineData("wrong-issuer", "wrong-issuer")]
    [InlineData("unsigned", "unsigned")]
    [InlineData("wrong-algorithm", "wrong-algorithm")]
    [InlineData("wrong-key", "wrong-signature")]
    [InlineData("unknown-key", "unknown-key")]
    [InlineData("expired", "expired")]
    [InlineData("wrong-audience", "wrong-audience")]
    [InlineData("second-audience", "wrong-audience")]
    [InlineData("wrong-response-issuer", "mixed-up")]
    [InlineData("no-response-issuer", "mixed-up")]
    [InlineData("made-up-state", "unknown-state")]
    [InlineData("replayed-state", "replayed-state")]
    [InlineData("swapped-code", "wrong-nonce")] // a server so careless that only the nonce notices
    [InlineData("other-subject", "other-subject")]
    public async Task An_institution_that_misbehaves_signs_nobody_in(string fault, string reason)
    {
        await world.BadItself.MisbehaveAsync("nothing", Ct);
        using var good = world.NewVisitor();
        Assert.Equal(HttpStatusCode.SeeOther, (await good.TravelAsync(BrokerWithInstitutions.Bad, world.BadItself, "")).Status);
        var before = (await world.RefusalsAsync(BrokerWithInstitutions.Bad)).Count;
        await world.BadItself.MisbehaveAsync(fault, Ct);
        using var visitor = world.NewVisitor();

        var answer = await visitor.TravelAsync(BrokerWithInstitutions.Bad, world.BadItself, "");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains($"institution.{reason}", answer.Body, StringComparison.Ordinal);
        Assert.Equal([reason], (await world.RefusalsAsync(BrokerWithInstitutions.Bad)).Skip(before));
        Assert.Equal(
            reason,
            await world.AskAsync<string>("SELECT reason FROM audit_event WHERE action = 'institution.refused' ORDER BY audit_event_id DESC LIMIT 1"));
        Assert.DoesNotContain("__Host-kakehashi-id", visitor.Cookies.Keys);
        Assert.DoesNotContain("__Host-kakehashi-arrival", visitor.Cookies.Keys);
    }

    [Fact]
    public async Task A_discovery_document_that_names_another_issuer_is_not_followed()
    {
        using var http = IssuerDocument.CreateHttpClient();
        Assert.NotNull((await InstitutionDocument.FetchAsync(http, world.BadItself.Issuer, Ct)).Document);
        await world.BadItself.MisbehaveAsync("other-discovery-issuer", Ct);

        var (document, refusal) = await InstitutionDocument.FetchAsync(http, world.BadItself.Issuer, Ct);

        Assert.Null(document);
        Assert.Equal("wrong-issuer", refusal);
    }

    [Fact]
    public async Task An_answer_counts_once()
    {
        using var visitor = world.NewVisitor();
        var back = await visitor.VisitAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "ito");
        var cookies = new Dictionary<string, string>(visitor.Cookies);
        await visitor.GetAsync(back);
        visitor.Take(cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")); // a thief who has everything the browser had

        await RefusedAsync(visitor, back, "replayed-state");
    }

    [Fact]
    public async Task An_answer_in_another_browser_is_refused_and_leaves_the_right_one_undisturbed()
    {
        using var victim = world.NewVisitor();
        using var thief = world.NewVisitor();
        await thief.VisitAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "mori");
        var back = await victim.VisitAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "ito");

        await RefusedAsync(thief, back, "other-browser");

        Assert.Equal(HttpStatusCode.SeeOther, (await victim.GetAsync(back)).Status);
    }

    [Fact]
    public async Task A_cookie_of_another_visit_does_not_fit_even_under_the_right_name()
    {
        using var victim = world.NewVisitor();
        using var thief = world.NewVisitor();
        await thief.VisitAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "mori");
        var back = await victim.VisitAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "ito");
        thief.Take([$"{victim.Cookies.Keys.Single()}={thief.Cookies.Values.Single()}"]);

        await RefusedAsync(thief, back, "other-browser");
    }

    [Fact]
    public async Task An_answer_of_one_institution_at_the_address_of_another_is_a_mix_up()
    {
        using var visitor = world.NewVisitor();
        var back = await visitor.VisitAsync(BrokerWithInstitutions.Beta, world.BetaItself, "ito");

        await RefusedAsync(visitor, AnyCallback + QueryOf(back), "mixed-up");
        await RefusedAsync(visitor, back, "replayed-state", BrokerWithInstitutions.Beta);
    }

    [Fact]
    public async Task A_code_of_another_sign_in_is_not_taken()
    {
        using var one = world.NewVisitor();
        using var other = world.NewVisitor();
        var theirs = QueryHelpers.ParseQuery(QueryOf(await one.VisitAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "mori")));
        var own = QueryHelpers.ParseQuery(QueryOf(await other.VisitAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "ito")));

        await RefusedAsync(
            other,
            Callback(("state", own["state"]), ("code", theirs["code"]), ("iss", own["iss"])),
            "swapped-code");
    }

    [Fact]
    public async Task Who_takes_too_long_starts_again()
    {
        using var visitor = world.NewVisitor();
        var back = await visitor.VisitAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "ito");
        await world.AskAsync<int>("UPDATE institution_visit SET started_at = started_at - interval '10 minutes' WHERE used_at IS NULL");

        await RefusedAsync(visitor, back, "took-too-long");
    }

    [Theory]
    [InlineData("", "unknown-state")]
    [InlineData("?state=invented&code=x", "unknown-state")]
    public async Task An_answer_nobody_asked_for_is_refused(string query, string reason)
    {
        using var visitor = world.NewVisitor();

        await RefusedAsync(visitor, AnyCallback + query, reason);
    }

    [Fact]
    public async Task A_refusal_at_the_institution_is_said_calmly()
    {
        using var visitor = world.NewVisitor();
        var query = QueryHelpers.ParseQuery(QueryOf(await visitor.VisitAsync(BrokerWithInstitutions.Alpha, world.AlphaItself, "ito")));

        await RefusedAsync(
            visitor,
            Callback(("state", query["state"]), ("error", "access_denied"), ("iss", query["iss"])),
            "refused-by-institution");
    }

    private static string QueryOf(string path) => path[path.IndexOf('?', StringComparison.Ordinal)..];

    private static string Callback(params (string Name, StringValues Value)[] query) =>
        QueryHelpers.AddQueryString(AnyCallback, query.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));

    private async Task RefusedAsync(TestBrowser visitor, string address, string reason, string slug = BrokerWithInstitutions.Alpha)
    {
        var answer = await visitor.GetAsync(address);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains($"institution.{reason}", answer.Body, StringComparison.Ordinal);
        Assert.Equal(reason, (await world.RefusalsAsync(slug))[^1]);
        Assert.DoesNotContain("__Host-kakehashi-id", visitor.Cookies.Keys);
    }
}
