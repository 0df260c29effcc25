using System.Collections.Concurrent;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kakehashi.Catalog.Tests;

/// <summary>The nodes of other machines, as seen through the Gateway's private side: <c>/nodes/{slug}/…</c>.</summary>
public sealed class PlayedNodes : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PlayedNode> _nodes = [];
    private readonly WebApplication _app;

    private PlayedNodes(WebApplication app) => _app = app;

    public string Url => $"{_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/nodes/";

    public PlayedNode this[string biobank] => _nodes.GetOrAdd(biobank, b => new(b));

    public static async Task<PlayedNodes> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.DefaultIgnoreCondition = ServiceDefaultsExtensions.Json.DefaultIgnoreCondition);
        var app = builder.Build();
        var nodes = new PlayedNodes(app);
        app.MapPost("/nodes/{biobank}/counts", (string biobank, HttpContext context) => nodes[biobank].CountAsync(context));
        app.MapPost("/nodes/{biobank}/access", (string biobank, HttpContext context) => nodes[biobank].DecideAccessAsync(context));
        app.MapGet("/nodes/{biobank}/description", (string biobank, HttpContext context) => nodes[biobank].DescribeAsync(context));
        app.MapGet("/nodes/{biobank}/variables", (string biobank, HttpContext context) => nodes[biobank].ListAsync(context));
        await app.StartAsync(ct);
        return nodes;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
