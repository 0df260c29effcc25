using System.Net;
using Kakehashi.AppHost.Platform;
using Kakehashi.Contracts;
using Kakehashi.Platform.Tests.Audits;

namespace Kakehashi.Platform.Tests.Failures;

/// <summary>One service is stopped, the rest goes on as far as it may: never answering more because something failed.</summary>
[Collection<DemoPlatformTests>]
public sealed class ServiceAwayTests(DemoPlatform demo)
{
    private static readonly Question Everybody = new(Question.Everybody);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_Consent_the_nodes_soon_answer_nothing_until_it_is_back()
    {
        await WithoutAsync("consent", async () =>
        {
            var silent = await Eventually.SeesAsync(
                () => demo.Platform.SearchAsync(Everybody, _ct), answer => answer.Nodes!.All(node => node.State == CountStates.ConsentStale), _ct);

            Assert.Equal((null, 0, false), (silent.Total.Value, silent.Total.Answered, silent.Total.Complete));
            Assert.All(silent.Nodes!, node => Assert.Equal(["node.consent-stale"], node.Reasons.Select(reason => reason.Code)));
            Assert.All(silent.Nodes!, node => Assert.Null(node.Count));
        });

        await Eventually.IsAsync(async () => (await demo.Platform.SearchAsync(Everybody, _ct)).Total.Complete, _ct);
    }

    [Fact]
    public async Task Without_Metering_searches_are_answered_and_their_events_arrive_when_it_is_back()
    {
        IReadOnlyList<(string Node, long Index)> asked = [];
        await WithoutAsync("metering", async () =>
        {
            var answer = await demo.Platform.SearchAsync(Everybody, _ct);
            Assert.True(answer.Total.Complete);
            asked = [.. answer.Nodes!.Select(node => (node.Node, node.LedgerIndex!.Value))];
            var audit = await demo.Platform.GetAsync("ito", "api/metering/events", _ct);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "gateway.service-away"), (audit.Status, audit.Code()));
            var health = await Eventually.SeesAsync(
                () => demo.Platform.GetAsync(null, "healthz", _ct), seen => seen.Status is HttpStatusCode.ServiceUnavailable, _ct);
            Assert.Equal("unhealthy", health.Member("status"));
        });

        foreach (var (node, index) in asked)
        {
            MeteringLog.IsDense(await MeteringLog.UpToAsync(demo.Platform, node, index, _ct));
        }
    }

    [Fact]
    public async Task Without_the_IdBroker_known_tokens_work_and_new_ones_are_not_to_be_had()
    {
        var token = await demo.Platform.TokenAsync("sato", _ct);
        var before = await demo.Platform.SearchAsync(Everybody, _ct);
        await WithoutAsync("idbroker", async () =>
        {
            Assert.Equal(HttpStatusCode.OK, (await demo.Platform.SendAsync(HttpMethod.Get, "api/catalog/biobanks", token, null, _ct)).Status);

            // The same purpose has its node tokens already; a purpose never stated before needs new ones.
            Assert.Equal(before.Total, (await demo.Platform.SearchAsync(Everybody, _ct)).Total);
            var refused = await demo.Platform.SearchAsync(Everybody with { Country = "NZ" }, _ct);
            Assert.All(refused.Nodes!, node => Assert.Equal(
                (CountStates.Unreachable, "catalog.no-token"), (node.State, Assert.Single(node.Reasons).Code)));
            Assert.Null(refused.Total.Value);

            await Assert.ThrowsAsync<PlatformException>(() =>
                LocalTokens.GetAsync(demo.Platform.Folder, demo.Platform.Local.Front, "sato", _ct));
            var discovery = await demo.Platform.GetAsync(null, "id/.well-known/openid-configuration", _ct);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "gateway.service-away"), (discovery.Status, discovery.Code()));
        });

        await Eventually.IsAsync(async () => (await demo.Platform.SearchAsync(Everybody with { Country = "NZ" }, _ct)).Total.Complete, _ct);
    }

    [Fact]
    public async Task Without_the_Catalog_the_front_says_so()
    {
        await WithoutAsync("catalog", async () =>
        {
            var reply = await demo.Platform.PostAsync("sato", "api/catalog/searches", Everybody.ToJson(), _ct);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "gateway.service-away"), (reply.Status, reply.Code()));
        });

        await Eventually.IsAsync(async () => (await demo.Platform.SearchAsync(Everybody, _ct)).Total.Complete, _ct);
    }

    private async Task WithoutAsync(string service, Func<Task> test)
    {
        await demo.Platform.Local.Hosts.StopAsync(service);
        try
        {
            await test();
        }
        finally
        {
            await demo.Platform.Local.Hosts.StartAgainAsync(service);
            await demo.Platform.Local.UntilNodesAnswerAsync(_ct);
        }
    }
}
