using Kakehashi.Catalog.Searches;
using Kakehashi.Contracts;
using Kakehashi.Platform.Tests.Audits;

namespace Kakehashi.Platform.Tests.Failures;

[Collection<DemoPlatformTests>]
public sealed class NodeAwayTests(DemoPlatform demo)
{
    private const string Away = "ncbn";
    private static readonly Question Everybody = new(Question.Everybody);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_away_is_shown_as_such_and_comes_back_with_its_index_and_its_ledger()
    {
        await demo.Platform.Local.UntilSnapshotsAsync(_ct);
        var before = await demo.Platform.SearchAsync(Everybody, _ct);
        var index = Of(before, Away).LedgerIndex!.Value;

        await demo.Platform.Local.Hosts.StopAsync($"node-{Away}");
        try
        {
            var without = await demo.Platform.SearchAsync(Everybody, _ct);
            Assert.Equal(CountStates.Unreachable, Of(without, Away).State);
            Assert.Equal("catalog.node-away", Assert.Single(Of(without, Away).Reasons).Code);
            Assert.All(without.Nodes!.Where(node => node.Node != Away), node => Assert.Equal(CountStates.Answered, node.State));
            var rest = before.Total.Value - Of(before, Away).Count!.Value.Value;
            Assert.Equal(before.Total with { Value = rest, Answered = 4, Complete = false }, without.Total);
            Assert.Equal(0, await TunnelsAsync());
        }
        finally
        {
            await demo.Platform.Local.Hosts.StartAgainAsync($"node-{Away}");
        }

        var back = await Eventually.SeesAsync(
            () => demo.Platform.SearchAsync(Everybody, _ct), answer => Of(answer, Away).State == CountStates.Answered, _ct);
        Assert.Equal(Of(before, Away).Count, Of(back, Away).Count);
        Assert.True(demo.Platform.Local.Nodes.Single(node => node.Id == Away).Load.Current.Restored, "The biobank was read again.");
        Assert.True(Of(back, Away).LedgerIndex > index);
        Assert.True(await TunnelsAsync() > 0);
        var events = await MeteringLog.UpToAsync(demo.Platform, Away, Of(back, Away).LedgerIndex!.Value, _ct);
        MeteringLog.IsDense(events);
        Assert.Equal(Of(back, Away).LedgerIndex, events[^1].ProducerIndex);
    }

    private async Task<int> TunnelsAsync() =>
        (await demo.Platform.GetAsync(null, "healthz", _ct)).Json().GetProperty("nodes").EnumerateArray()
        .Single(node => node.GetProperty("node").GetString() == Away).GetProperty("tunnels").GetInt32();

    private static NodeAnswer Of(SearchAnswer answer, string node) => answer.Nodes!.Single(n => n.Node == node);
}
