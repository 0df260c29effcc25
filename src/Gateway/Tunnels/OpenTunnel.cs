using System.Globalization;
using System.Net.WebSockets;
using System.Security.Claims;
using Kakehashi.Contracts;
using Kakehashi.Gateway.Doors;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Tunnels;

/// <summary>
/// A node dials in and leaves its WebSocket to the Gateway, which sends requests through it. Only the node's own token
/// opens its tunnel: the node is the token's client, never something the request says.
/// </summary>
public static class OpenTunnel
{
    /// <summary>Tells the node after how many seconds the tunnel gets no new requests, so that it opens the next one before.</summary>
    public const string MaxAgeHeader = "Kakehashi-Tunnel-Max-Age";

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/tunnel", HandleAsync)
        .WithName(nameof(OpenTunnel))
        .WithMetadata(Door.Front)
        .DisableRateLimiting()
        .RequireAuthorization(Policies.Node);

    internal static async Task<IResult> HandleAsync(
        HttpContext context, ClaimsPrincipal user, TunnelTable table, IOptions<GatewayOptions> options,
        TimeProvider clock, IHostApplicationLifetime host, ILogger<Tunnel> logger)
    {
        var limits = options.Value.Tunnels;
        var node = TunnelRules.NodeOf(user.FindFirstValue(TokenClaims.ClientId))!; // the policy has seen to it
        if (!context.WebSockets.IsWebSocketRequest)
        {
            return GatewayProblems.NotAWebSocket();
        }

        if (!table.HasRoom(node))
        {
            return GatewayProblems.TooManyTunnels(limits.MaxPerNode);
        }

        context.Response.Headers[MaxAgeHeader] = ((long)limits.MaxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = limits.PingInterval,
            KeepAliveTimeout = limits.PingTimeout,
        });
        using var tunnel = new Tunnel(node, socket);
        if (table.TryAdd(tunnel))
        {
            Log.TunnelOpened(logger, node);
            try
            {
                await ServeAsync(tunnel, table, limits, clock, host.ApplicationStopping);
            }
            finally
            {
                table.Remove(tunnel);
                Log.TunnelClosed(logger, node);
            }
        }

        tunnel.Dispose();
        await CloseAsync(socket);
        return TypedResults.Empty;
    }

    /// <summary>Until the node lets go, the tunnel is too old or the Gateway stops; then the requests under way may end.</summary>
    private static async Task ServeAsync(Tunnel tunnel, TunnelTable table, TunnelLimits limits, TimeProvider clock, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var greeting = tunnel.GreetAsync(over.Token);
        await Task.WhenAny(tunnel.Closed, tunnel.Drained, Task.Delay(limits.MaxAge, clock, over.Token));
        table.Retire(tunnel);
        await tunnel.Drained.WaitAsync(limits.DrainTime, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await over.CancelAsync();
        await greeting;
    }

    private static async Task CloseAsync(WebSocket socket)
    {
        using var timeout = new CancellationTokenSource(CloseTimeout);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            // The node is gone, or does not listen: then it needs no goodbye.
        }
    }
}
