using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kakehashi.Node.Tests.Tunnels;

/// <summary>What a node dials: takes or refuses its tunnels, remembers with which tokens they came, and asks through them.</summary>
public sealed class FakeGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<AcceptedTunnel> _tunnels = new();
    private int _dials;

    private FakeGateway(WebApplication app)
    {
        _app = app;
        app.UseWebSockets();
        app.MapGet("/tunnel", AcceptAsync);
    }

    public Uri Url => new(_app.Urls.Single());

    /// <summary>Anything but 101 refuses the next tunnels.</summary>
    public int Status { get; set; } = StatusCodes.Status101SwitchingProtocols;

    public TimeSpan? MaxAge { get; init; }

    /// <summary>Tunnels asked for, taken or not.</summary>
    public int Dials => Volatile.Read(ref _dials);

    public ConcurrentQueue<string> Authorizations { get; } = new();

    public IReadOnlyList<AcceptedTunnel> Tunnels => [.. _tunnels];

    public int Open => _tunnels.Count(tunnel => !tunnel.Gone.IsCompleted);

    public static async Task<FakeGateway> StartAsync(string url = "http://127.0.0.1:0", TimeSpan? maxAge = null)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", url]);
        builder.Logging.ClearProviders();
        var gateway = new FakeGateway(builder.Build()) { MaxAge = maxAge };
        await gateway._app.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var tunnel in _tunnels)
        {
            tunnel.Break();
            tunnel.Dispose();
        }

        await _app.DisposeAsync();
    }

    private async Task AcceptAsync(HttpContext context)
    {
        Interlocked.Increment(ref _dials);
        Authorizations.Enqueue(context.Request.Headers.Authorization!);
        if (Status != StatusCodes.Status101SwitchingProtocols)
        {
            context.Response.StatusCode = Status;
            return;
        }

        if (MaxAge is { } age)
        {
            context.Response.Headers["Kakehashi-Tunnel-Max-Age"] = $"{age.TotalSeconds:0}";
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var tunnel = new AcceptedTunnel(socket);
        _tunnels.Enqueue(tunnel);
        await tunnel.GreetAsync();
        await tunnel.Gone;
    }
}

/// <summary>One tunnel with an HTTP/2 client at this end.</summary>
public sealed class AcceptedTunnel : IDisposable
{
    private readonly WebSocket _socket;
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _client;

    public AcceptedTunnel(WebSocket socket)
    {
        _socket = socket;
        _client = new(new SocketsHttpHandler { ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new WatchedStream(socket, _gone)) })
        {
            BaseAddress = new("http://node"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>The HTTP/2 connection has ended.</summary>
    public Task Gone => _gone.Task;

    public Task<string> GetAsync(string path) => _client.GetStringAsync(path, TestContext.Current.CancellationToken);

    public async Task GreetAsync()
    {
        using var answer = await _client.GetAsync("/nothing", TestContext.Current.CancellationToken);
    }

    /// <summary>Ends it as a crash would.</summary>
    public void Break()
    {
        _socket.Abort();
        _gone.TrySetResult();
    }

    public void Dispose() => _client.Dispose();

    private sealed class WatchedStream(WebSocket socket, TaskCompletionSource gone) : Stream
    {
        private readonly WebSocketStream _inner = WebSocketStream.Create(socket, WebSocketMessageType.Binary);

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _inner.Dispose();
                gone.TrySetResult();
            }

            base.Dispose(disposing);
        }
    }
}
