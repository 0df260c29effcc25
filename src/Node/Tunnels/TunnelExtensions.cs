using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node.Tunnels;

/// <summary>How a node is reached without an open port.</summary>
public static class TunnelExtensions
{
    /// <summary>Requests under way in one tunnel; more wait at the Gateway for their turn.</summary>
    public const int MostRequestsAtOnce = 256;

    /// <summary>
    /// Requests come in through tunnels that the node dials itself (section <c>Tunnel</c>), and by no other way. Needs the
    /// node's <see cref="ServiceDefaults.Tokens.TokenClient"/>. The host starts whether or not the Gateway is there.
    /// </summary>
    public static WebApplicationBuilder UseTunnels(this WebApplicationBuilder builder)
    {
        builder.AddServiceOptions<TunnelOptions>(TunnelOptions.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<TunnelDialler>();
        builder.Services.AddSingleton<IConnectionListenerFactory, TunnelListenerFactory>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var options = kestrel.ApplicationServices.GetRequiredService<IOptions<TunnelOptions>>().Value;
            kestrel.Limits.Http2.MaxStreamsPerConnection = MostRequestsAtOnce;
            kestrel.Listen(new TunnelEndPoint(options.GatewayUrl!), listener => listener.Protocols = HttpProtocols.Http2);
        });
        return builder;
    }
}
