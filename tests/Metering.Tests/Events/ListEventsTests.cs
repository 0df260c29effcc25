using System.Net;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.Metering.Events;
using Kakehashi.TestKit;

namespace Kakehashi.Metering.Tests.Events;

public sealed class ListEventsTests(MeteringService service) : IClassFixture<MeteringService>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly string _node = Usage.NewNode();

    [Fact]
    public async Task An_event_is_shown_with_its_places_and_the_hash_of_what_the_node_wrote()
    {
        var usage = Usage.Event(_node) with { Project = "study-1" };
        await service.GivenEntriesAsync(_node, 0, usage.ToLeaf());

        var item = Assert.Single((await ListAsync($"producer=node:{_node}")).Events);

        Assert.Equivalent(usage, item.Usage, strict: true);
        Assert.Equal(0, item.ProducerIndex);
        Assert.Equal(await service.ScalarAsync<long>("SELECT log_index FROM ledger_event WHERE producer = 'node:' || @_node", new { _node }), item.Index);
        Assert.Equal(Rfc6962.Leaf(usage.ToLeaf()).ToString(), item.LeafHash);
        Assert.Equal(await service.ScalarAsync<DateTime>("SELECT received_at FROM ledger_event WHERE producer = 'node:' || @_node", new { _node }), item.ReceivedAt.UtcDateTime);
    }

    [Theory]
    [InlineData("newest")]
    [InlineData("oldest")]
    public async Task Pages_show_every_event_once_in_order_while_more_arrive(string order)
    {
        await service.GivenEntriesAsync(_node, 0, Usage.Leaves(_node, 8));
        var seen = new List<long>();
        long? after = null;
        do
        {
            var page = await ListAsync($"producer=node:{_node}&order={order}&limit=3" + (after is null ? "" : $"&after={after}"));
            seen.AddRange(page.Events.Select(item => item.ProducerIndex));
            if (after is null)
            {
                await service.GivenEntriesAsync(_node, 8, Usage.Leaves(_node, 1));
            }

            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(order == "newest" ? [7, 6, 5, 4, 3, 2, 1, 0] : [0, 1, 2, 3, 4, 5, 6, 7, 8], seen);
    }

    [Fact]
    public async Task A_full_last_page_says_that_it_is_the_last()
    {
        await service.GivenEntriesAsync(_node, 0, Usage.Leaves(_node, 3));

        Assert.Null((await ListAsync($"producer=node:{_node}&limit=3")).Next);
        Assert.NotNull((await ListAsync($"producer=node:{_node}&limit=2")).Next);
    }

    [Fact]
    public async Task Each_filter_keeps_its_own_and_they_combine()
    {
        var plain = Usage.Event(_node);
        await service.GivenEntriesAsync(
            _node,
            0,
            plain.ToLeaf(),
            (plain with { Subject = $"s-{_node}" }).ToLeaf(),
            (plain with { Project = $"p-{_node}" }).ToLeaf(),
            (plain with { Outcome = CountStates.Denied }).ToLeaf(),
            (plain with { At = Usage.Start.AddHours(1) }).ToLeaf());

        Assert.Equal([0, 1, 2, 3, 4], await IndexesAsync($"producer=node:{_node}"));
        Assert.Equal([1], await IndexesAsync($"actor=s-{_node}"));
        Assert.Equal([2], await IndexesAsync($"project=p-{_node}"));
        Assert.Equal([3], await IndexesAsync($"producer=node:{_node}&outcome=denied"));
        Assert.Equal([4], await IndexesAsync($"producer=node:{_node}&from=2026-04-01T10:00:00Z"));
        Assert.Equal([4], await IndexesAsync($"producer=node:{_node}&from=2026-04-01T19:00:00%2B09:00"));
        Assert.Equal([0, 1, 2, 3], await IndexesAsync($"producer=node:{_node}&to=2026-04-01T10:00:00Z"));
        Assert.Empty(await IndexesAsync($"producer=node:{_node}&to=2026-04-01T09:00:00Z"));
        Assert.Empty(await IndexesAsync($"actor=s-{_node}&outcome=denied"));
        Assert.Empty(await IndexesAsync("producer=nobody"));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("order=random")]
    [InlineData("outcome=lost")]
    [InlineData("producer=a%00b")]
    [InlineData("actor=")]
    [InlineData("from=2026-04-02&to=2026-04-01")]
    public async Task A_question_out_of_bounds_is_refused(string query)
    {
        var answer = await service.Auditor().GetAsync($"/events?{query}", _ct);

        await answer.ProblemAsync(HttpStatusCode.BadRequest, "metering.bad-query");
    }

    [Theory]
    [InlineData("limit=many")]
    [InlineData("after=99999999999999999999")]
    [InlineData("from=yesterday")]
    public async Task A_question_that_cannot_be_read_is_refused(string query)
    {
        var answer = await service.Auditor().GetAsync($"/events?{query}", _ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<ListEvents.Response> ListAsync(string query)
    {
        var answer = await service.Auditor().GetAsync($"/events?{query}", _ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.ReadAsync<ListEvents.Response>();
    }

    private async Task<IEnumerable<long>> IndexesAsync(string query) =>
        (await ListAsync($"{query}&order=oldest")).Events.Select(item => item.ProducerIndex);
}
