using System.Net;
using Kakehashi.TestKit;

namespace Kakehashi.Metering.Tests.Batches;

/// <summary>Deliveries at once: all stand before the same row when it opens.</summary>
public sealed class RaceTests(MeteringService service) : IClassFixture<MeteringService>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly string _node = Usage.NewNode();

    [Fact]
    public async Task The_same_entries_delivered_four_times_at_once_are_stored_once()
    {
        var leaves = Usage.Leaves(_node, 4);
        await service.GivenEntriesAsync(_node, 0, leaves[0]);

        var answers = await RaceAsync(
            $"SELECT 1 FROM producer WHERE producer = 'node:{_node}' FOR UPDATE",
            [.. Enumerable.Repeat(() => service.DeliverAsync(_node, 0, leaves), 4)]);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(leaves, (await service.StoredAsync(_node)).Select(row => row.Leaf));
    }

    [Fact]
    public async Task Two_first_deliveries_of_a_new_node_at_once_are_stored_once()
    {
        var leaves = Usage.Leaves(_node, 2);

        var answers = await RaceAsync(
            "SELECT 1 FROM log_head FOR UPDATE", () => service.DeliverAsync(_node, 0, leaves), () => service.DeliverAsync(_node, 0, leaves));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(leaves, (await service.StoredAsync(_node)).Select(row => row.Leaf));
    }

    [Fact]
    public async Task Of_two_versions_of_one_entry_at_once_one_is_stored_and_the_other_on_record()
    {
        await service.GivenEntriesAsync(_node, 0, Usage.Leaf(_node));
        var (one, two) = (Usage.Leaf(_node, 1), Usage.Leaf(_node, 2));

        var answers = await RaceAsync(
            $"SELECT 1 FROM producer WHERE producer = 'node:{_node}' FOR UPDATE", () => service.DeliverAsync(_node, 1, one), () => service.DeliverAsync(_node, 1, two));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Order());
        var stored = Assert.Single(await service.StoredAsync(_node), row => row.Index == 1).Leaf;
        var refused = await service.ScalarAsync<byte[]>("SELECT leaf FROM conflict WHERE producer = 'node:' || @_node", new { _node });
        Assert.Equal(new[] { one, two }.Select(Convert.ToHexString).Order(), new[] { stored, refused }.Select(Convert.ToHexString).Order());
    }

    [Fact]
    public async Task Entries_of_two_nodes_at_once_stand_in_one_dense_log()
    {
        var other = Usage.NewNode();

        var answers = await RaceAsync(
            "SELECT 1 FROM log_head FOR UPDATE",
            () => service.DeliverAsync(_node, 0, Usage.Leaves(_node, 3)),
            () => service.DeliverAsync(other, 0, Usage.Leaves(other, 3)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.True(await service.ScalarAsync<bool>(
            "SELECT count(*) = max(log_index) + 1 AND max(log_index) + 1 = (SELECT next_index FROM log_head) FROM ledger_event"));
    }

    private async Task<HttpResponseMessage[]> RaceAsync(string selectForUpdate, params Func<Task<HttpResponseMessage>>[] requests)
    {
        await using var gate = await RowGate.CloseAsync(service.ConnectionString, selectForUpdate, _ct);
        var all = Task.WhenAll(requests.Select(request => request()));
        await gate.OpenWhenWaitingAsync(requests.Length, _ct);
        return await all;
    }
}
