using Kakehashi.Gateway.Doors;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Kakehashi.Gateway.Services;

/// <summary>A service, the path under which it is reached, and who may pass.</summary>
public sealed record ServiceRoute(string Service, string Prefix, string Policy)
{
    /// <summary>The part of the path that the service does not see.</summary>
    public string Removed { get; init; } = Prefix;
}

/// <summary>The platform's services at the front. A service sees paths without its prefix.</summary>
public static class ServiceRoutes
{
    private const string Anonymous = "anonymous"; // YARP's word
    private const int LargeBody = 16 * 1024;

    public static IReadOnlyList<ServiceRoute> Known { get; } =
    [
        new("IdBroker", "/id", Anonymous),
        new("IdBroker", "/api/account", Policies.Platform) { Removed = "/api" },
        new("IdBroker", "/api/id", Policies.Platform),
        new("Catalog", "/api/catalog", Policies.Platform),
        new("Consent", "/api/consent", Policies.Platform),
        new("Metering", "/api/metering", Policies.Platform),
    ];

    public static void AddServiceRoutes(this WebApplicationBuilder builder)
    {
        builder.Services.AddReverseProxy().AddTransforms(transforms => transforms.AddRequestTransform(AskBeforeLargeBody));
        builder.Services.AddSingleton<IProxyConfigProvider>(services =>
        {
            var configured = services.GetRequiredService<IOptions<GatewayOptions>>().Value.Services;
            var routes = Known.Where(route => configured.ContainsKey(route.Service)).ToList();
            return new InMemoryConfigProvider(
                [.. routes.Select(Route)],
                [.. routes.Select(route => route.Service).Distinct().Select(service => Cluster(service, configured[service]))]);
        });
    }

    public static void MapServices(this WebApplication app)
    {
        app.MapReverseProxy(proxy => proxy.Use(ServiceProblems.DescribeAsync)).WithMetadata(Door.Front);

        // What is under /api but not there is not shown to be missing without a token.
        app.Map("/api/{**path}", () => TypedResults.NotFound()).RequireAuthorization(Policies.Platform).WithMetadata(Door.Front);
    }

    /// <summary>
    /// A service that refuses a body by its length closes the connection, and its answer can be lost while the body is still on its way:
    /// it is asked first.
    /// </summary>
    private static ValueTask AskBeforeLargeBody(RequestTransformContext context)
    {
        if (context.HttpContext.Request.ContentLength > LargeBody)
        {
            context.ProxyRequest.Headers.ExpectContinue = true;
        }

        return ValueTask.CompletedTask;
    }

    private static RouteConfig Route(ServiceRoute route) => new()
    {
        RouteId = route.Prefix,
        ClusterId = route.Service,
        AuthorizationPolicy = route.Policy,
        Match = new() { Path = $"{route.Prefix}/{{**path}}" },
        Transforms = [new Dictionary<string, string> { ["PathRemovePrefix"] = route.Removed }],
    };

    private static ClusterConfig Cluster(string service, Uri address) => new()
    {
        ClusterId = service,
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromSeconds(100) },
        Destinations = new Dictionary<string, DestinationConfig> { [service] = new() { Address = address.AbsoluteUri } },
    };
}
