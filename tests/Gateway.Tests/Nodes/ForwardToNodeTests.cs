using System.Net.Http.Json;

namespace Kakehashi.Gateway.Tests.Nodes;

public sealed class ForwardToNodeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_goes_through_the_tunnel_to_its_node()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj");
        await platform.StartNodeAsync("tommo");

        Assert.Equal(new("bbj", 42), await platform.Back.GetFromJsonAsync<NodeEndpoints.Count>("/nodes/bbj/count", Ct));
        Assert.Equal(new("tommo", 42), await platform.Back.GetFromJsonAsync<NodeEndpoints.Count>("/nodes/tommo/count", Ct));
    }
}
