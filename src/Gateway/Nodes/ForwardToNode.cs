using System.Net;
using Kakehashi.Gateway.Doors;
using Kakehashi.Gateway.Services;
using Kakehashi.Gateway.Tunnels;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Kakehashi.Gateway.Nodes;

/// <summary>A service reaches a node: the request goes through one of the node's tunnels, and the node judges it.</summary>
public static class ForwardToNode
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .Map("/nodes/{slug}/{**path}", HandleAsync)
        .WithName(nameof(ForwardToNode))
        .WithMetadata(Door.Back, new DisableRequestSizeLimitAttribute())
        .RequireAuthorization(Policies.BearerOfAny);

    internal static async Task<IResult> HandleAsync(
        string slug, HttpContext context, TunnelTable table, IHttpForwarder forwarder,
        IOptions<GatewayOptions> options, ILogger<NodeExchange> logger)
    {
        using var exchange = new NodeExchange(context, slug, options.Value.NodeTimeout);
        var config = new ForwarderRequestConfig
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ActivityTimeout = options.Value.NodeSilence,
        };
        while (table.TryBegin(slug, out var tunnel))
        {
            try
            {
                var error = await forwarder.SendAsync(context, exchange.Prefix, tunnel.Invoker, config, exchange, exchange.Deadline);
                if (error is ForwarderError.None || ServiceProblems.IsAnswered(context))
                {
                    return TypedResults.Empty;
                }

                if (!exchange.WasNeverSent(error))
                {
                    Log.NodeFailed(logger, slug, error);
                    return exchange.ProblemOf(error);
                }

                // The node has said goodbye in this tunnel; another one may still be open.
                table.Retire(tunnel);
                context.Response.Clear();
                context.Features.Set<IForwarderErrorFeature>(null);
            }
            finally
            {
                table.End(tunnel);
            }
        }

        return GatewayProblems.NodeAway();
    }
}
