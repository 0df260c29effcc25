using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace Kakehashi.Node.Tunnels;

/// <summary>
/// A WebSocket as Kestrel expects a transport to behave: a broken connection ends the reading, and writing into it goes
/// nowhere. Each write is one message; the borders of messages mean nothing.
/// </summary>
internal sealed class TunnelStream(WebSocket socket) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (true)
            {
                var message = await socket.ReceiveAsync(buffer, cancellationToken);
                if (message.Count > 0 || message.MessageType is WebSocketMessageType.Close)
                {
                    return message.Count;
                }
            }
        }
        catch (Exception broken) when (IsEnd(broken, cancellationToken))
        {
            throw new ConnectionResetException("The tunnel broke.", broken);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        catch (Exception broken) when (IsEnd(broken, cancellationToken))
        {
            // The reading side reports it.
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // Aborting a WebSocket cancels what it is doing, and disposes of it.
    private static bool IsEnd(Exception fault, CancellationToken asked) =>
        fault is WebSocketException or ObjectDisposedException || (fault is OperationCanceledException && !asked.IsCancellationRequested);
}
