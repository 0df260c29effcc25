using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kakehashi.Consent.Tests;

/// <summary>The nodes of other machines, as seen through the Gateway's private side: <c>/nodes/{slug}/consent/changes</c>.</summary>
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
        var app = builder.Build();
        var nodes = new PlayedNodes(app);
        app.MapPost("/nodes/{biobank}/consent/changes", (string biobank, HttpContext context) => nodes[biobank].TakeAsync(context));
        await app.StartAsync(ct);
        return nodes;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>One node: applies changes in order like a real one, unless the test tells it to misbehave.</summary>
public sealed class PlayedNode(string biobank)
{
    private readonly Lock _lock = new();
    private List<ConsentChange> _applied = [];

    /// <summary>What the node does instead of answering; null: what it should.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>Every body the node was sent, in order.</summary>
    public ConcurrentQueue<ConsentChanges> Received { get; } = [];

    public IReadOnlyList<ConsentChange> Applied
    {
        get
        {
            lock (_lock)
            {
                return [.. _applied];
            }
        }
    }

    /// <summary>The node's disk is replaced by an older copy.</summary>
    public void RestoreTo(int applied)
    {
        lock (_lock)
        {
            _applied = [.. _applied.Take(applied)];
        }
    }

    public async Task TakeAsync(HttpContext context)
    {
        var changes = await context.Request.ReadFromJsonAsync<ConsentChanges>(ServiceDefaultsExtensions.Json, context.RequestAborted);
        Received.Enqueue(changes!);
        if (!IsForMe(context.Request.Headers.Authorization.ToString()))
        {
            context.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
            return;
        }

        if (Instead is { } instead)
        {
            await instead(context);
            return;
        }

        await context.Response.WriteAsJsonAsync(new ConsentChangesReceipt(Apply(changes!)), context.RequestAborted);
    }

    /// <summary>The token is for this node and no other, and Consent's own.</summary>
    private bool IsForMe(string authorization)
    {
        var claims = JsonElement.Parse(CompactJws.Read(authorization["Bearer ".Length..], out _)!.Payload);
        return claims.GetProperty("aud").GetString() == Audiences.Node(biobank)
            && claims.GetProperty("roles")[0].GetString() == Roles.Consent;
    }

    private long Apply(ConsentChanges changes)
    {
        lock (_lock)
        {
            if (changes.After <= _applied.Count)
            {
                _applied.AddRange(changes.Changes.Where(c => c.Sequence > _applied.Count).ToArray());
            }

            return _applied.Count;
        }
    }
}
