using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node.Tunnels;

/// <summary>Where Kestrel "listens": the far end of the node's tunnels.</summary>
internal sealed class TunnelEndPoint(Uri gateway) : EndPoint
{
    public override string ToString() => $"tunnel:{gateway.Authority}";
}

/// <summary>Binds the tunnel's end point, and no other.</summary>
internal sealed class TunnelListenerFactory(
    TunnelDialler dialler, IOptions<TunnelOptions> options, TimeProvider clock, ILogger<TunnelListener> logger)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is TunnelEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new TunnelListener(endpoint, options.Value.Connections, dialler, clock, logger));
}
