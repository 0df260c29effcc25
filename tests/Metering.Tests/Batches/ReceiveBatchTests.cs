using System.Net;
using System.Net.Http.Json;
using System.Text;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.Metering.Batches;
using Kakehashi.ServiceDefaults;
using Kakehashi.TestKit;

namespace Kakehashi.Metering.Tests.Batches;

public sealed class ReceiveBatchTests(MeteringService service) : IClassFixture<MeteringService>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly string _node = Usage.NewNode();

    [Fact]
    public async Task Entries_are_stored_byte_for_byte_with_their_leaf_hashes()
    {
        var leaves = Usage.Leaves(_node, 3);

        Assert.Equal(2, await service.GivenEntriesAsync(_node, 0, leaves[..2]));
        Assert.Equal(3, await service.GivenEntriesAsync(_node, 2, leaves[2]));

        Assert.Equal(leaves.Index().Select(leaf => ((long)leaf.Index, leaf.Item)), await service.StoredAsync(_node));
        Assert.Equal(
            Rfc6962.Leaf(leaves[1]).ToArray(),
            await service.ScalarAsync<byte[]>("SELECT leaf_hash FROM ledger_event WHERE producer = 'node:' || @_node AND producer_index = 1", new { _node }));
    }

    [Fact]
    public async Task Entries_delivered_again_are_acknowledged_and_stored_once()
    {
        var leaves = Usage.Leaves(_node, 5);
        await service.GivenEntriesAsync(_node, 0, leaves[..3]);

        Assert.Equal(3, await service.GivenEntriesAsync(_node, 0, leaves[..3]));
        Assert.Equal(3, await service.GivenEntriesAsync(_node, 1, leaves[1]));
        Assert.Equal(5, await service.GivenEntriesAsync(_node, 1, leaves[1..]));

        Assert.Equal(leaves, (await service.StoredAsync(_node)).Select(row => row.Leaf));
    }

    [Fact]
    public async Task A_gap_is_refused_naming_the_entry_that_comes_first()
    {
        var leaves = Usage.Leaves(_node, 4);
        await service.GivenEntriesAsync(_node, 0, leaves[0]);

        var problem = await (await service.DeliverAsync(_node, 2, leaves[2])).ProblemAsync(HttpStatusCode.Conflict, "metering.gap");

        Assert.Equal(1, problem.GetProperty("nextIndex").GetInt64());
        Assert.Single(await service.StoredAsync(_node));
    }

    [Fact]
    public async Task A_node_that_starts_with_a_gap_leaves_no_trace()
    {
        var problem = await (await service.DeliverAsync(_node, 7, Usage.Leaf(_node))).ProblemAsync(HttpStatusCode.Conflict, "metering.gap");

        Assert.Equal(0, problem.GetProperty("nextIndex").GetInt64());
        Assert.Equal(0, await service.ScalarAsync<long>("SELECT count(*) FROM producer WHERE producer = 'node:' || @_node", new { _node }));
    }

    [Fact]
    public async Task The_same_index_with_other_content_is_refused_and_on_record_once_while_the_first_version_stays()
    {
        var leaves = Usage.Leaves(_node, 3);
        await service.GivenEntriesAsync(_node, 0, leaves[..2]);
        byte[][] contradiction = [leaves[0], Usage.Leaf(_node, 59), leaves[2]];

        for (var i = 0; i < 2; i++)
        {
            await (await service.DeliverAsync(_node, 0, contradiction)).ProblemAsync(HttpStatusCode.Conflict, "metering.conflict");
        }

        Assert.Equal(leaves[..2], (await service.StoredAsync(_node)).Select(row => row.Leaf));
        Assert.Equal(contradiction[1], await service.ScalarAsync<byte[]>("SELECT leaf FROM conflict WHERE producer = 'node:' || @_node AND producer_index = 1", new { _node }));
        Assert.Equal(1, await service.ScalarAsync<long>("SELECT count(*) FROM conflict WHERE producer = 'node:' || @_node", new { _node }));
        Assert.Equal(3, await service.GivenEntriesAsync(_node, 2, leaves[2]));
    }

    [Fact]
    public async Task One_bad_event_refuses_the_whole_batch_and_names_its_index()
    {
        var good = Usage.Leaves(_node, 3);
        await service.GivenEntriesAsync(_node, 0, good[0]);

        var answer = await service.DeliverAsync(_node, 1, good[1], "{}"u8.ToArray());

        var problem = await answer.ProblemAsync(HttpStatusCode.UnprocessableEntity, "metering.bad-event");
        Assert.Contains("Entry 2 ", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Equal("/entries/1", problem.GetProperty("pointer").GetString());
        Assert.Single(await service.StoredAsync(_node));
    }

    [Fact]
    public async Task A_node_cannot_deliver_for_another_nor_events_of_another()
    {
        var other = Usage.NewNode();

        var answer = await service.Node(other).PostAsJsonAsync(
            "/batches", new LedgerBatch(Audiences.Node(_node), 0, [Usage.Leaf(_node)]), ServiceDefaultsExtensions.Json, _ct);
        await answer.ProblemAsync(HttpStatusCode.Forbidden, "metering.foreign-producer");
        var foreignEvent = await service.DeliverAsync(_node, 0, Usage.Leaf(other));
        await foreignEvent.ProblemAsync(HttpStatusCode.UnprocessableEntity, "metering.bad-event");

        Assert.Equal(0, await service.ScalarAsync<long>("SELECT count(*) FROM producer WHERE producer IN ('node:' || @_node, 'node:' || @other)", new { _node, other }));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, ReceiveBatch.MostEntries + 1)]
    [InlineData(-1, 1)]
    [InlineData(long.MaxValue, 1)]
    public async Task A_batch_out_of_bounds_is_refused(long firstIndex, int entries)
    {
        var answer = await service.DeliverAsync(_node, firstIndex, [.. Enumerable.Repeat(Usage.Leaf(_node), entries)]);

        await answer.ProblemAsync(HttpStatusCode.UnprocessableEntity, "metering.bad-batch");
    }

    [Fact]
    public async Task The_largest_batch_is_taken()
    {
        Assert.Equal(ReceiveBatch.MostEntries, await service.GivenEntriesAsync(_node, 0, Usage.Leaves(_node, ReceiveBatch.MostEntries)));
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("{\"producer\":\"node:NODE\",\"firstIndex\":0}", HttpStatusCode.BadRequest)]
    [InlineData("{\"producer\":\"node:NODE\",\"firstIndex\":0,\"entries\":null}", HttpStatusCode.BadRequest)]
    [InlineData("{\"producer\":\"node:NODE\",\"firstIndex\":0,\"entries\":[\"not base64\"]}", HttpStatusCode.BadRequest)]
    [InlineData("{\"producer\":\"node:NODE\",\"firstIndex\":0,\"entries\":[],\"more\":1}", HttpStatusCode.BadRequest)]
    [InlineData("{\"producer\":\"node:NODE\",\"firstIndex\":0,\"entries\":[null]}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("{\"producer\":\"node:NODE\",\"firstIndex\":0,\"entries\":[\"\"]}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("{\"producer\":\"N\\u0000\",\"firstIndex\":0,\"entries\":[\"AA==\"]}", HttpStatusCode.Forbidden)]
    public async Task A_body_that_is_no_batch_is_refused(string body, HttpStatusCode status)
    {
        using var content = new StringContent(body.Replace("NODE", _node, StringComparison.Ordinal), Encoding.UTF8, "application/json");

        var answer = await service.Node(_node).PostAsync("/batches", content, _ct);

        Assert.Equal(status, answer.StatusCode);
        Assert.Empty(await service.StoredAsync(_node));
    }

    [Fact]
    public async Task A_node_asks_where_to_go_on_and_only_for_itself()
    {
        Assert.Equal(new(0), await NextAsync(_node));
        await service.GivenEntriesAsync(_node, 0, Usage.Leaves(_node, 2));
        Assert.Equal(new(2), await NextAsync(_node));

        var foreign = await service.Node(Usage.NewNode()).GetAsync($"/batches/node:{_node}/next", _ct);
        await foreign.ProblemAsync(HttpStatusCode.Forbidden, "metering.foreign-producer");
    }

    private async Task<LedgerBatchReceipt> NextAsync(string node) =>
        await (await service.Node(node).GetAsync($"/batches/node:{node}/next", _ct)).ReadAsync<LedgerBatchReceipt>();
}
