using System.Net;
using System.Net.WebSockets;
using Yarp.ReverseProxy.Forwarder;

namespace Kakehashi.Gateway.Tunnels;

/// <summary>
/// One WebSocket that a node dialled, used the other way round: one HTTP/2 connection with the Gateway as its client.
/// How busy it is, is kept by the <see cref="TunnelTable"/>.
/// </summary>
public sealed class Tunnel : IDisposable
{
    // Beyond this the whole connection is given up; an answer is refused by itself far below (NodeExchange).
    private const int LargestHeadersKilobytes = 1024;

    // Kestrel at the node closes a connection without requests after two minutes, unless it is pinged inside HTTP/2.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);

    private readonly TunnelStream _stream;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _connected;

    public Tunnel(string node, WebSocket socket)
    {
        Node = node;
        _stream = new(socket, () => _closed.TrySetResult());
        Invoker = new(new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => Connect(),
            EnableMultipleHttp2Connections = false,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingDelay,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
#pragma warning disable CA2262 // Kilobytes are meant.
            MaxResponseHeadersLength = LargestHeadersKilobytes,
#pragma warning restore CA2262
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = new ReverseProxyPropagator(System.Diagnostics.DistributedContextPropagator.Current),
        });
    }

    public string Node { get; }

    /// <summary>Sends requests into the tunnel.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>The connection is gone, whoever ended it.</summary>
    public Task Closed => _closed.Task;

    /// <summary>The tunnel gets no new requests, and the last one has ended.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Requests under way.</summary>
    public int Active { get; private set; }

    /// <summary>No new requests.</summary>
    public bool Retired { get; private set; }

    /// <summary>
    /// Makes the HTTP/2 connection before the first request needs it. From then on it is always read from, so that its
    /// end is noticed at once. What the node answers does not matter.
    /// </summary>
    public async Task GreetAsync(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"http://{Node}.node/health")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        try
        {
            using var answer = await Invoker.SendAsync(request, ct);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            // A stream that is not HTTP/2 has been closed by now; a node that is slow to answer may still be a good one.
        }
    }

    public void Dispose()
    {
        Invoker.Dispose();
        _stream.Dispose();
    }

    internal void Begin() => Active++;

    internal void End()
    {
        Active--;
        CompleteDrain();
    }

    internal void Retire()
    {
        Retired = true;
        CompleteDrain();
    }

    private void CompleteDrain()
    {
        if (Retired && Active == 0)
        {
            _drained.TrySetResult();
        }
    }

    private ValueTask<Stream> Connect()
    {
        // The handler asks again when the node has said goodbye (GOAWAY): the request at hand has not been sent.
        if (Interlocked.Exchange(ref _connected, true))
        {
            throw new TunnelClosedException();
        }

        return ValueTask.FromResult<Stream>(_stream);
    }
}
