using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Kakehashi.Node.Tunnels;

/// <summary>A dialled WebSocket as Kestrel sees it: a connection that has come in.</summary>
internal sealed class TunnelConnection : ConnectionContext
{
    private const int BufferBytes = 16 * 1024;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly CancellationTokenSource _connectionClosed = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TunnelConnection(WebSocket socket, TimeSpan? maxAge)
    {
        (_socket, MaxAge) = (socket, maxAge);
        var stream = new TunnelStream(socket);
        Transport = new DuplexPipe(
            PipeReader.Create(stream, new(bufferSize: BufferBytes, leaveOpen: true)),
            PipeWriter.Create(stream, new(minimumBufferSize: BufferBytes, leaveOpen: true)));
        ConnectionClosed = _connectionClosed.Token;
    }

    /// <summary>How long the Gateway keeps using this tunnel; null when it does not say.</summary>
    public TimeSpan? MaxAge { get; }

    /// <summary>The connection is over, whoever ended it.</summary>
    public Task Closed => _closed.Task;

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId { get; set; } = Guid.CreateVersion7().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override void Abort(ConnectionAbortedException abortReason) => _socket.Abort();

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await Transport.Output.CompleteAsync();
            await Transport.Input.CompleteAsync();
            await SayGoodbyeAsync();
        }
        finally
        {
            _socket.Dispose();
            await _connectionClosed.CancelAsync();
            _connectionClosed.Dispose();
            _closed.TrySetResult();
            await base.DisposeAsync();
        }
    }

    private async Task SayGoodbyeAsync()
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        using var timeout = new CancellationTokenSource(CloseTimeout);
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            // The Gateway is gone, or does not listen: then it needs no goodbye.
        }
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
