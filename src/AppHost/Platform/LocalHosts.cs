namespace Kakehashi.AppHost.Platform;

/// <summary>The services and nodes that run in this process, by name. Each can be stopped and started again alone.</summary>
public sealed class LocalHosts(PlatformFolder folder) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly OrderedDictionary<string, Host> _hosts = new(StringComparer.Ordinal);

    public delegate Task<WebApplication> Build(string[] args, Action<WebApplicationBuilder>? host);

    public async Task StartAsync(string name, Build build, IEnumerable<string> settings)
    {
        var host = new Host(build, [.. settings], null);
        _hosts.Add(name, host);
        await StartAsync(name, host);
    }

    /// <summary>What runs under the name; throws while it is stopped.</summary>
    public IServiceProvider ServicesOf(string name) =>
        _hosts[name].App?.Services ?? throw new InvalidOperationException($"{name} is stopped.");

    /// <summary>Stops one of them; the others notice as they would over a network.</summary>
    public async Task StopAsync(string name)
    {
        var host = _hosts[name];
        _hosts[name] = host with { App = null };
        if (host.App is { } app)
        {
            using var patience = new CancellationTokenSource(Patience);
            await app.StopAsync(patience.Token);
            await app.DisposeAsync();
        }
    }

    /// <summary>Starts one that was stopped, with the settings it had.</summary>
    public Task StartAgainAsync(string name) => StartAsync(name, _hosts[name]);

    /// <summary>Stops all, last started first.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var name in _hosts.Keys.Reverse().ToList())
        {
            await StopAsync(name);
        }

        _hosts.Clear();
    }

    private async Task StartAsync(string name, Host host)
    {
        var app = await host.Build(host.Settings, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(new ServiceLogs(folder.FileIn("logs", $"{name}.log"), TimeProvider.System));
            builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning);
            builder.Services.AddSingleton<IHostLifetime, OuterLifetime>(); // Ctrl-C belongs to the one process, not to each service
        });
        _hosts[name] = host with { App = app };
        await app.StartAsync();
    }

    private sealed record Host(Build Build, string[] Settings, WebApplication? App);

    /// <summary>Lets the program around the services decide when they start and stop.</summary>
    private sealed class OuterLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
