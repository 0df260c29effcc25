using System.Net;
using System.Text.Json;
using Kakehashi.Catalog.Passports;
using Kakehashi.Consent.Grants;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.TestKit;

namespace Kakehashi.Platform.Tests.SignIn;

/// <summary>From a person's sign-in in a browser to a biobank's own decision about their passport, through everything that runs.</summary>
[Collection<DemoPlatformTests>]
public sealed class AccessTests(DemoPlatform demo, Browser browser)
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public Task A_committees_grant_opens_a_dataset_in_a_passport_and_a_revoked_one_no_longer() => browser.VisitAsync(
        async visit =>
        {
            var sato = new DemoVisitor(demo.Platform, visit);
            await sato.SignInAsync("sato");
            var before = await AccessAsync(sato);
            Assert.All(before.Biobanks, biobank => Assert.Equal("answered", biobank.State));
            Assert.All(before.Biobanks.SelectMany(biobank => biobank.Datasets), dataset => Assert.Equal(AccessDecisions.Deny, dataset.Decision));
            var wanted = before.Biobanks.Single(biobank => biobank.Biobank == "bbj").Datasets[0].Dataset;

            var grant = await demo.Platform.PostAsync("kimura", "api/consent/grants", Grant("sato", wanted), _ct);
            var grantId = grant.Read<RecordGrant.Response>().GrantId;

            var open = (await AccessAsync(sato)).Biobanks.SelectMany(biobank => biobank.Datasets.Where(dataset => dataset.Decision == AccessDecisions.Permit)
                .Select(dataset => $"{biobank.Biobank} {dataset.Dataset}"));
            Assert.Equal([$"bbj {wanted}"], open);

            await demo.Platform.PostAsync("kimura", $"api/consent/grants/{grantId}/revocation", """{"reason": "The project ended."}""", _ct);
            Assert.All((await AccessAsync(sato)).Biobanks.SelectMany(biobank => biobank.Datasets), dataset => Assert.Equal(AccessDecisions.Deny, dataset.Decision));
        },
        _ct);

    [Fact]
    public async Task Nobody_decides_on_their_own_and_a_steward_does_not_chair()
    {
        Assert.Equal("consent.own-grant", (await demo.Platform.PostAsync("kimura", "api/consent/grants", Grant("kimura", "bbj-first"), _ct)).Code());
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Platform.PostAsync("tanaka", "api/consent/grants", Grant("sato", "bbj-first"), _ct)).Status);
    }

    [Fact]
    public Task A_stewards_session_has_its_role_after_two_factors_and_auditors_see_the_sign_in() => browser.VisitAsync(
        async visit =>
        {
            var tanaka = new DemoVisitor(demo.Platform, visit);
            await tanaka.SignInAsync("tanaka");

            var (_, session) = await tanaka.CallAsync("/session");
            Assert.Equal(("tanaka", Assurance.Mfa), (session.GetProperty("account").GetString(), session.GetProperty("acr").GetString()));
            Assert.Equal("""["steward"]""", session.GetProperty("roles").GetRawText());
            await Eventually.IsAsync(
                async () => (await demo.Platform.GetAsync("ito", "api/metering/events?kind=sign-in.succeeded&actor=tanaka", _ct)).Text
                    .Contains("sign-in.succeeded", StringComparison.Ordinal), _ct);

            var (status, _) = await tanaka.CallAsync("/api/account/sessions/end-all", "POST");
            Assert.Equal(200, status);
            await Eventually.IsAsync(async () => !(await tanaka.CallAsync("/session")).Body.GetProperty("signedIn").GetBoolean(), _ct);
        },
        _ct);

    private static async Task<ShowAccess.Response> AccessAsync(DemoVisitor person)
    {
        var (status, body) = await person.CallAsync("/api/catalog/access");
        Assert.True(status == 200, body.ToString());
        return body.Deserialize<ShowAccess.Response>(ServiceDefaultsExtensions.Json)!;
    }

    private static string Grant(string person, string dataset) => JsonSerializer.Serialize(
        new RecordGrant.Request(
            "bbj", dataset, "diabetes-cohort", [person], new Purpose(ResearchUse.HMB, [], false, "JP"), null, TimeProvider.System.GetUtcNow().AddDays(30), "Decided on Tuesday."),
        ServiceDefaultsExtensions.Json);
}
