using System.Net;
using System.Net.WebSockets;
using Kakehashi.Contracts;
using Kakehashi.TestKit;

namespace Kakehashi.Gateway.Tests.Tunnels;

public sealed class OpenTunnelTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_a_nodes_own_good_token_opens_a_tunnel()
    {
        await using var platform = await TestPlatform.StartAsync();
        await using var stranger = await TestIssuer.StartAsync(Ct);
        var asNode = new Dictionary<string, object?> { ["client_id"] = "node:bbj" };
        var refused = new Dictionary<string, (string? Token, HttpStatusCode Status)>
        {
            ["no token"] = (null, HttpStatusCode.Unauthorized),
            ["expired"] = (platform.Issuer.Token("node:bbj", Audiences.Platform, [Roles.Node], claims: new Dictionary<string, object?>(asNode) { ["iat"] = 1_700_000_000, ["exp"] = 1_700_000_300 }), HttpStatusCode.Unauthorized),
            ["foreign issuer"] = (stranger.Token("node:bbj", Audiences.Platform, [Roles.Node], claims: asNode), HttpStatusCode.Unauthorized),
            ["another audience"] = (platform.Issuer.Token("node:bbj", Audiences.Node("bbj"), [Roles.Node], claims: asNode), HttpStatusCode.Unauthorized),
            ["a researcher"] = (platform.Issuer.Token("someone", Audiences.Platform, [Roles.Researcher]), HttpStatusCode.Forbidden),
            ["a researcher's client named like a node"] =
                (platform.Issuer.Token("someone", Audiences.Platform, [Roles.Researcher], claims: asNode), HttpStatusCode.Forbidden),
            ["the role without a node's client"] = (platform.Issuer.Token("node:bbj", Audiences.Platform, [Roles.Node]), HttpStatusCode.Forbidden),
            ["a client with no slug"] =
                (platform.Issuer.Token("x", Audiences.Platform, [Roles.Node], claims: new Dictionary<string, object?> { ["client_id"] = "node:../bbj" }), HttpStatusCode.Forbidden),
        };
        foreach (var (name, (token, status)) in refused)
        {
            Assert.Equal((name, status), (name, await StatusOfDialAsync(platform, token)));
        }

        Assert.Equal(0, platform.Tunnels("bbj"));
        using var opened = await platform.DialAsync(platform.NodeToken("bbj"));
        await platform.UntilTunnelsAsync("bbj", 1);
    }

    [Fact]
    public async Task A_nodes_token_serves_that_node_whatever_the_request_says()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {platform.NodeToken("tommo")}");
        socket.Options.SetRequestHeader("X-Node", "bbj");
        await socket.ConnectAsync(new UriBuilder(platform.FrontUrl) { Scheme = "ws", Path = "/tunnel", Query = "node=bbj&slug=bbj" }.Uri, Ct);
        await platform.UntilTunnelsAsync("tommo", 1);
        Assert.Equal(0, platform.Tunnels("bbj"));
    }

    [Fact]
    public async Task A_node_has_a_bounded_number_of_tunnels()
    {
        await using var platform = await TestPlatform.StartAsync("Gateway:Tunnels:MaxPerNode=3");
        var tunnels = new List<ClientWebSocket>();
        for (var open = 1; open <= 3; open++)
        {
            tunnels.Add(await platform.DialAsync(platform.NodeToken("bbj")));
            await platform.UntilTunnelsAsync("bbj", open);
        }

        Assert.Equal(HttpStatusCode.Conflict, await StatusOfDialAsync(platform, platform.NodeToken("bbj")));
        using var other = await platform.DialAsync(platform.NodeToken("tommo"));
        tunnels.ForEach(tunnel => tunnel.Dispose());
        await platform.UntilTunnelsAsync("bbj", 0);
        using var again = await platform.DialAsync(platform.NodeToken("bbj"));
    }

    [Fact]
    public async Task A_tunnel_that_is_too_old_is_closed_although_the_node_opens_no_other()
    {
        await using var platform = await TestPlatform.StartAsync("Gateway:Tunnels:MaxAge=00:00:01");
        using var socket = await platform.DialAsync(platform.NodeToken("bbj"));
        Assert.Equal("1", Assert.Single(socket.HttpResponseHeaders!["Kakehashi-Tunnel-Max-Age"]));
        var buffer = new byte[1024];
        while ((await Until.DoneAsync(socket.ReceiveAsync(buffer.AsMemory(), Ct).AsTask())).MessageType is not WebSocketMessageType.Close)
        {
        }

        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        await platform.UntilTunnelsAsync("bbj", 0);
    }

    [Fact]
    public async Task A_tunnel_is_a_websocket()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var node = platform.As("node:bbj");
        node.DefaultRequestHeaders.Authorization = new("Bearer", platform.NodeToken("bbj"));
        await Expect.ProblemAsync(await node.GetAsync("/tunnel", Ct), 400, "gateway.not-a-websocket");
    }

    private static async Task<HttpStatusCode> StatusOfDialAsync(TestPlatform platform, string? token)
    {
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        if (token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        await Assert.ThrowsAsync<WebSocketException>(
            () => socket.ConnectAsync(new UriBuilder(platform.FrontUrl) { Scheme = "ws", Path = "/tunnel" }.Uri, Ct));
        return socket.HttpStatusCode;
    }
}
