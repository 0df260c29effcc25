using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Tunnels;

/// <summary>A node as /healthz shows it. <c>Since</c> is when it last came from away; <c>Requests</c> counts since then.</summary>
public sealed record NodeState(string Node, int Tunnels, DateTimeOffset? Since, long Requests);

/// <summary>All open tunnels, by node. The one place that knows how many requests are under way in each.</summary>
public sealed class TunnelTable(IOptions<GatewayOptions> options, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ConnectedNode> _nodes = new(StringComparer.Ordinal);

    public bool HasRoom(string node)
    {
        lock (_gate)
        {
            return !_nodes.TryGetValue(node, out var known) || known.Tunnels.Count < options.Value.Tunnels.MaxPerNode;
        }
    }

    /// <summary>False when the node has as many tunnels as it may.</summary>
    public bool TryAdd(Tunnel tunnel)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(tunnel.Node, out var node))
            {
                _nodes[tunnel.Node] = node = new(clock.GetUtcNow());
            }

            if (node.Tunnels.Count >= options.Value.Tunnels.MaxPerNode)
            {
                return false;
            }

            node.Tunnels.Add(tunnel);
            return true;
        }
    }

    public void Remove(Tunnel tunnel)
    {
        lock (_gate)
        {
            tunnel.Retire();
            if (_nodes.TryGetValue(tunnel.Node, out var node) && node.Tunnels.Remove(tunnel) && node.Tunnels.Count == 0)
            {
                _nodes.Remove(tunnel.Node);
            }
        }
    }

    /// <summary>Takes a place for one request in the node's best tunnel; false when the node is away.</summary>
    public bool TryBegin(string slug, [NotNullWhen(true)] out Tunnel? tunnel)
    {
        lock (_gate)
        {
            tunnel = _nodes.TryGetValue(slug, out var node) ? TunnelRules.Choose(node.Tunnels) : null;
            if (tunnel is null)
            {
                return false;
            }

            tunnel.Begin();
            node!.Requests++;
            return true;
        }
    }

    /// <summary>The request is over; every <see cref="TryBegin"/> that succeeded has one.</summary>
    public void End(Tunnel tunnel)
    {
        lock (_gate)
        {
            tunnel.End();
        }
    }

    /// <summary>No new requests for this tunnel.</summary>
    public void Retire(Tunnel tunnel)
    {
        lock (_gate)
        {
            tunnel.Retire();
        }
    }

    public IReadOnlyList<NodeState> Describe()
    {
        lock (_gate)
        {
            return [.. _nodes.Select(node => new NodeState(node.Key, node.Value.Tunnels.Count(t => !t.Retired), node.Value.Since, node.Value.Requests))];
        }
    }

    private sealed class ConnectedNode(DateTimeOffset since)
    {
        public DateTimeOffset Since => since;

        public List<Tunnel> Tunnels { get; } = [];

        public long Requests { get; set; }
    }
}
