using System.Net;
using Kakehashi.Metering.Producers;
using Kakehashi.TestKit;

namespace Kakehashi.Metering.Tests.Producers;

public sealed class ListProducersTests(MeteringService service) : IClassFixture<MeteringService>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_producer_is_shown_with_how_far_it_is_and_whether_it_contradicted_itself()
    {
        var (honest, other) = (Usage.NewNode(), Usage.NewNode());
        await service.GivenEntriesAsync(honest, 0, Usage.Leaves(honest, 3));
        await service.GivenEntriesAsync(other, 0, Usage.Leaf(other));
        Assert.Equal(HttpStatusCode.Conflict, (await service.DeliverAsync(other, 0, Usage.Leaf(other, 1))).StatusCode);

        var answer = await service.Auditor().GetAsync("/producers", _ct);
        var producers = (await answer.ReadAsync<IReadOnlyList<ListProducers.Response>>()).ToDictionary(producer => producer.Producer);

        Assert.Equal((3, 2, 0), (producers[$"node:{honest}"].Entries, producers[$"node:{honest}"].LastIndex, producers[$"node:{honest}"].Conflicts));
        Assert.Equal((1, 0, 1), (producers[$"node:{other}"].Entries, producers[$"node:{other}"].LastIndex, producers[$"node:{other}"].Conflicts));
        Assert.NotNull(producers[$"node:{honest}"].LastReceivedAt);
    }
}
