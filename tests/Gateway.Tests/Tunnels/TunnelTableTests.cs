using System.Net.WebSockets;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Gateway.Tunnels;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Tests.Tunnels;

public sealed class TunnelTableTests
{
    [Fact]
    public void The_next_request_takes_the_open_tunnel_with_the_fewest() => Prop.ForAll(Steps(), steps =>
    {
        var table = NewTable();
        var tunnels = AddTunnels(table, 3);
        foreach (var step in steps)
        {
            var tunnel = tunnels[step % 3];
            switch (step / 3)
            {
                case 0 when tunnel.Active > 0:
                    table.End(tunnel);
                    break;
                case 1 when step == 5:
                    table.Retire(tunnel);
                    break;
                default:
                    var open = tunnels.Where(t => !t.Retired).ToList();
                    var least = open.Count == 0 ? 0 : open.Min(t => t.Active);
                    Assert.Equal(open.Count > 0, table.TryBegin("bbj", out var chosen));
                    Assert.True(chosen is null || (!chosen.Retired && chosen.Active == least + 1));
                    break;
            }
        }

        // A tunnel is drained exactly when it is retired and nothing is under way in it.
        Assert.All(tunnels, tunnel => Assert.Equal(tunnel.Retired && tunnel.Active == 0, tunnel.Drained.IsCompleted));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_node_has_more_tunnels_than_it_may()
    {
        var table = NewTable();
        AddTunnels(table, 8);
        using var ninth = NewTunnel("bbj");
        Assert.False(table.TryAdd(ninth));
        using var other = NewTunnel("tommo");
        Assert.True(table.TryAdd(other));
    }

    [Fact]
    public void A_node_without_tunnels_is_forgotten()
    {
        var table = NewTable();
        foreach (var tunnel in AddTunnels(table, 2))
        {
            table.Remove(tunnel);
        }

        Assert.Empty(table.Describe());
        Assert.False(table.TryBegin("bbj", out _));
    }

    [Theory]
    [InlineData("node:bbj", "bbj")]
    [InlineData("node:j-micc2", "j-micc2")]
    [InlineData("node:", null)]
    [InlineData("node:b", null)]
    [InlineData("node:BBJ", null)]
    [InlineData("node:bbj/x", null)]
    [InlineData("node:bbj\n", null)]
    [InlineData("Node:bbj", null)]
    [InlineData("bbj", null)]
    [InlineData(null, null)]
    public void Only_a_client_named_like_a_node_is_one(string? clientId, string? node) => Assert.Equal(node, TunnelRules.NodeOf(clientId));

    private static Arbitrary<int[]> Steps() => Gen.Choose(0, 9).ArrayOf().ToArbitrary();

    private static TunnelTable NewTable() => new(Options.Create(new GatewayOptions()), TimeProvider.System);

    private static Tunnel[] AddTunnels(TunnelTable table, int count)
    {
        var tunnels = Enumerable.Range(0, count).Select(_ => NewTunnel("bbj")).ToArray();
        Assert.All(tunnels, tunnel => Assert.True(table.TryAdd(tunnel)));
        return tunnels;
    }

    private static Tunnel NewTunnel(string node) => new(node, WebSocket.CreateFromStream(Stream.Null, new WebSocketCreationOptions()));
}
