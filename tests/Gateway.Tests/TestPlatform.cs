using System.Net.WebSockets;
using Kakehashi.Contracts;
using Kakehashi.Node.Tunnels;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kakehashi.Gateway.Tests;

/// <summary>A real Gateway on loopback ports with a test issuer; services and nodes join as a test needs them.</summary>
public sealed class TestPlatform : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _started = [];

    private TestPlatform(TestIssuer issuer) => Issuer = issuer;

    public TestIssuer Issuer { get; }

    public WebApplication Gateway { get; private set; } = null!;

    public Uri FrontUrl { get; private set; } = new("http://127.0.0.1:0");

    public Uri BackUrl { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Without tokens.</summary>
    public HttpClient Front { get; private set; } = null!;

    /// <summary>With a bearer token, as the back demands.</summary>
    public HttpClient Back { get; private set; } = null!;

    /// <param name="settings">As <c>Gateway:NodeTimeout=00:00:01</c>.</param>
    public static async Task<TestPlatform> StartAsync(params IReadOnlyList<string> settings)
    {
        var platform = new TestPlatform(await TestIssuer.StartAsync(TestContext.Current.CancellationToken));
        await platform.StartGatewayAsync(settings);
        platform.Front = new() { BaseAddress = platform.FrontUrl };
        platform.Back = new() { BaseAddress = platform.BackUrl, DefaultRequestHeaders = { Authorization = new("Bearer", "for-the-node") } };
        return platform;
    }

    /// <summary>Starts the Gateway, the second time on the ports it had before.</summary>
    public async Task StartGatewayAsync(params IReadOnlyList<string> settings)
    {
        Gateway = await Program.BuildAsync(
        [
            $"--Tokens:Authority={Issuer.Authority}",
            $"--Tokens:Audience={Audiences.Platform}",
            $"--Tokens:ClientId=gateway",
            $"--Tokens:ClientKeyFile={Issuer.AddClient("gateway")}",
            $"--ConnectionStrings:gateway={SharedDatabase.ConnectionString}",
            $"--Gateway:FrontUrl={FrontUrl}",
            $"--Gateway:BackUrl={BackUrl}",
            "--Logging:LogLevel:Default=None",
            .. settings.Select(setting => $"--{setting}"),
        ]);
        await Gateway.StartAsync(TestContext.Current.CancellationToken);
        (FrontUrl, BackUrl) = (new(Gateway.Urls.First()), new(Gateway.Urls.Last()));
    }

    /// <summary>A researcher's client at the front.</summary>
    public HttpClient As(string subject, params IReadOnlyList<string> roles) => new()
    {
        BaseAddress = FrontUrl,
        DefaultRequestHeaders = { Authorization = new("Bearer", Issuer.Token(subject, Audiences.Platform, roles)) },
    };

    /// <summary>A token with which the node may open tunnels.</summary>
    public string NodeToken(string slug) => Issuer.Token(
        $"node:{slug}", Audiences.Platform, [Roles.Node], claims: new Dictionary<string, object?> { ["client_id"] = $"node:{slug}" });

    /// <summary>A node with the real listener; waits until the Gateway has its tunnels.</summary>
    public async Task<TestNode> StartNodeAsync(string slug, Uri? gateway = null, int connections = 2, params IReadOnlyList<string> settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddCommandLine(
        [
            .. settings.Select(setting => $"--{setting}"),
            $"--Tokens:Authority={Issuer.Authority}",
            $"--Tokens:ClientId=node:{slug}",
            $"--Tokens:ClientKeyFile={Issuer.AddClient($"node:{slug}", Roles.Node)}",
            $"--Tunnel:GatewayUrl={gateway ?? FrontUrl}",
            $"--Tunnel:Connections={connections}",
        ]);
        builder.Logging.ClearProviders();
        builder.AddTokenClient();
        builder.UseTunnels();
        var before = Tunnels(slug);
        var app = builder.Build();
        var node = new TestNode(app, slug);
        await app.StartAsync(TestContext.Current.CancellationToken);
        _started.Add(node);
        await UntilTunnelsAsync(slug, before + connections);
        return node;
    }

    /// <summary>A service behind the Gateway.</summary>
    public static async Task<WebApplication> StartServiceAsync(Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var service = builder.Build();
        service.MapGet("/health", () => "Healthy");
        map(service);
        await service.StartAsync(TestContext.Current.CancellationToken);
        return service;
    }

    /// <summary>A tunnel without the real node side, to misbehave in. Throws when the Gateway does not open it.</summary>
    public async Task<ClientWebSocket> DialAsync(string? token)
    {
        var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        if (token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        await socket.ConnectAsync(new UriBuilder(FrontUrl) { Scheme = "ws", Path = "/tunnel" }.Uri, TestContext.Current.CancellationToken);
        return socket;
    }

    public Task UntilTunnelsAsync(string slug, int count) => Until.TrueAsync(
        () => Tunnels(slug) == count,
        () => $"node {slug} has {Tunnels(slug)} tunnels instead of {count}");

    public int Tunnels(string slug) =>
        Gateway.Services.GetRequiredService<Gateway.Tunnels.TunnelTable>().Describe().SingleOrDefault(node => node.Node == slug)?.Tunnels ?? 0;

    public async ValueTask DisposeAsync()
    {
        Front.Dispose();
        Back.Dispose();
        await Gateway.DisposeAsync();
        foreach (var one in _started)
        {
            await one.DisposeAsync();
        }

        await Issuer.DisposeAsync();
    }
}
