using System.Collections.Concurrent;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.Node.Tunnels;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node.Tests.Tunnels;

public sealed class TunnelListenerTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _atGate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TestIssuer _issuer = null!;
    private WebApplication? _node;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _issuer = await TestIssuer.StartAsync(Ct);

    public async ValueTask DisposeAsync()
    {
        _gate.TrySetResult();
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task It_dials_with_the_nodes_own_token_and_answers_through_each_tunnel()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await StartNodeAsync(gateway.Url);
        await UntilAsync(() => gateway.Open == 2, () => $"{gateway.Open} tunnels");
        foreach (var tunnel in gateway.Tunnels)
        {
            Assert.Equal("42", await tunnel.GetAsync("/count"));
        }

        var claims = JsonElement.Parse(CompactJws.Read(gateway.Authorizations.First()["Bearer ".Length..], out _)!.Payload);
        Assert.Equal(("node:bbj", Audiences.Platform), (claims.GetProperty("client_id").GetString(), claims.GetProperty("aud").GetString()));
    }

    [Fact]
    public async Task A_tunnel_that_breaks_is_dialled_again_while_the_other_serves()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await StartNodeAsync(gateway.Url);
        await UntilAsync(() => gateway.Open == 2, () => $"{gateway.Open} tunnels");
        gateway.Tunnels[0].Break();
        Assert.Equal("42", await gateway.Tunnels[1].GetAsync("/count"));
        await UntilAsync(() => gateway.Open == 2, () => $"{gateway.Open} tunnels");
        Assert.Equal("42", await gateway.Tunnels[^1].GetAsync("/count"));
    }

    [Fact]
    public async Task A_request_whose_tunnel_breaks_is_told()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await StartNodeAsync(gateway.Url);
        await UntilAsync(() => gateway.Open == 2, () => $"{gateway.Open} tunnels");
        var request = gateway.Tunnels[0].GetAsync("/gate");
        await _atGate.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        gateway.Tunnels[0].Break();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => request);
        await _abandoned.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task While_the_Gateway_refuses_or_the_issuer_is_away_it_keeps_trying_and_says_no_secret()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Status = 401;
        await StartNodeAsync(gateway.Url);
        await UntilAsync(() => gateway.Dials >= 4, () => $"{gateway.Dials} dials");
        gateway.Status = 101;
        await UntilAsync(() => gateway.Open == 2, () => $"{gateway.Open} tunnels");
        Assert.Contains(_log, line => line.Contains("401", StringComparison.Ordinal));
        Assert.DoesNotContain(_log, line => line.Contains("eyJ", StringComparison.Ordinal) || line.Contains("Bearer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_starts_without_Gateway_and_issuer_and_comes_when_they_do()
    {
        _issuer.IsUp = false;
        Uri url;
        await using (var early = await FakeGateway.StartAsync())
        {
            url = early.Url;
        }

        await StartNodeAsync(url);
        await UntilAsync(() => _log.Any(line => line.Contains("issuer", StringComparison.Ordinal)), () => string.Join('\n', _log));
        _issuer.IsUp = true;
        await UntilAsync(() => _log.Any(line => line.Contains("Unable to connect", StringComparison.Ordinal)), () => string.Join('\n', _log));
        await using var gateway = await FakeGateway.StartAsync(url.AbsoluteUri);
        await UntilAsync(() => gateway.Open == 2, () => $"{gateway.Open} tunnels");
    }

    [Fact]
    public async Task A_tunnel_that_will_soon_be_too_old_has_its_successor_before_it_ends()
    {
        await using var gateway = await FakeGateway.StartAsync(maxAge: TimeSpan.FromSeconds(1));
        await StartNodeAsync(gateway.Url);
        await UntilAsync(() => gateway.Tunnels.Count >= 4, () => $"{gateway.Tunnels.Count} tunnels");

        // The old ones are the Gateway's to close: it alone knows what is still under way in them.
        Assert.All(gateway.Tunnels, tunnel => Assert.False(tunnel.Gone.IsCompleted));
        Assert.Equal("42", await gateway.Tunnels[0].GetAsync("/count"));
    }

    [Fact]
    public async Task When_the_node_stops_the_request_under_way_ends_well_and_nothing_is_dialled_again()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await StartNodeAsync(gateway.Url);
        await UntilAsync(() => gateway.Open == 2, () => $"{gateway.Open} tunnels");
        var request = gateway.Tunnels[0].GetAsync("/gate");
        await _atGate.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        var stopping = _node!.StopAsync(Ct);
        await gateway.Tunnels[1].Gone.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.False(stopping.IsCompleted);
        _gate.SetResult();
        Assert.Equal("42", await request);
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await UntilAsync(() => gateway.Open == 0, () => $"{gateway.Open} tunnels");
        Assert.Equal(2, gateway.Dials);
    }

    [Theory]
    [InlineData("Tunnel:GatewayUrl=http://platform.example", "GatewayUrl")]
    [InlineData("Tunnel:GatewayUrl=", "GatewayUrl")]
    [InlineData("Tunnel:Connections=0", "Connections")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string setting, string name)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartNodeAsync(new("http://127.0.0.1:1"), setting));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://platform.example", "wss://platform.example/tunnel")]
    [InlineData("https://example.org:8443/kakehashi/", "wss://example.org:8443/kakehashi/tunnel")]
    [InlineData("http://127.0.0.1:5600", "ws://127.0.0.1:5600/tunnel")]
    public void The_tunnel_opens_at_the_Gateways_front(string gateway, string address) =>
        Assert.Equal(new Uri(address), new TunnelOptions { GatewayUrl = new(gateway) }.Address);

    private async Task StartNodeAsync(Uri gateway, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddCommandLine(
        [
            $"--Tokens:Authority={_issuer.Authority}",
            "--Tokens:ClientId=node:bbj",
            $"--Tokens:ClientKeyFile={_issuer.AddClient("node:bbj", Roles.Node)}",
            $"--Tunnel:GatewayUrl={gateway}",
            .. settings.Select(setting => $"--{setting}"),
        ]);
        builder.Logging.ClearProviders().AddProvider(new Remember(_log));
        builder.AddTokenClient();
        builder.UseTunnels();
        _node = builder.Build();
        _node.MapGet("/count", () => 42);
        _node.MapGet("/gate", WaitAsync);
        await _node.StartAsync(Ct);
    }

    private async Task<int> WaitAsync(CancellationToken ct)
    {
        _atGate.TrySetResult();
        try
        {
            await _gate.Task.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            _abandoned.SetResult();
        }

        return 42;
    }

    private static async Task UntilAsync(Func<bool> condition, Func<string> complaint)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30), complaint());
            await Task.Delay(10, Ct);
        }
    }

    private sealed class Remember(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
