using System.Net;
using Kakehashi.Metering.Nodes;
using Kakehashi.TestKit;

namespace Kakehashi.Metering.Tests.Nodes;

public sealed class ListNodesTests(MeteringService service) : IClassFixture<MeteringService>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_node_is_shown_with_how_far_it_is_and_whether_it_contradicted_itself()
    {
        var (honest, other) = (Usage.NewNode(), Usage.NewNode());
        await service.GivenEntriesAsync(honest, 0, Usage.Leaves(honest, 3));
        await service.GivenEntriesAsync(other, 0, Usage.Leaf(other));
        Assert.Equal(HttpStatusCode.Conflict, (await service.DeliverAsync(other, 0, Usage.Leaf(other, 1))).StatusCode);

        var answer = await service.Auditor().GetAsync("/nodes", _ct);
        var nodes = (await answer.ReadAsync<IReadOnlyList<ListNodes.Response>>()).ToDictionary(node => node.Node);

        Assert.Equal((3, 2, 0), (nodes[honest].Entries, nodes[honest].LastIndex, nodes[honest].Conflicts));
        Assert.Equal((1, 0, 1), (nodes[other].Entries, nodes[other].LastIndex, nodes[other].Conflicts));
        Assert.NotNull(nodes[honest].LastReceivedAt);
    }
}
