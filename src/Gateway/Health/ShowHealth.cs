using Kakehashi.Gateway.Doors;
using Kakehashi.Gateway.Tunnels;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Health;

/// <summary>
/// Whether the platform works, for anybody: each service, each node. A node away is shown, but does not make the platform
/// unhealthy: the others still answer.
/// </summary>
public static class ShowHealth
{
    public sealed record Response(string Status, IReadOnlyList<ServiceState> Services, IReadOnlyList<NodeState> Nodes);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/healthz", HandleAsync)
        .WithName(nameof(ShowHealth))
        .WithMetadata(Door.Front)
        .AllowAnonymous();

    internal static async Task<JsonHttpResult<Response>> HandleAsync(
        ServiceHealth services, TunnelTable tunnels, IOptions<GatewayOptions> options)
    {
        var asked = await services.AskAsync();
        var connected = tunnels.Describe();
        var away = options.Value.ExpectedNodes
            .Where(node => connected.All(c => c.Node != node))
            .Select(node => new NodeState(node, 0, null, 0));
        var healthy = asked.All(service => service.Healthy);
        return TypedResults.Json(
            new Response(healthy ? "healthy" : "unhealthy", asked, [.. connected.Concat(away).OrderBy(node => node.Node, StringComparer.Ordinal)]),
            statusCode: healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
