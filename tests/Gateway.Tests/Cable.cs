using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Kakehashi.Gateway.Tests;

/// <summary>The network between a node and the Gateway: it can be cut, as when a process is killed, or go silent.</summary>
public sealed class Cable : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<(Socket Near, Socket Far)> _strands = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Uri _to;
    private readonly Task _laying;
    private volatile TaskCompletionSource _sound = Sounding();
    private int _laid;

    public Cable(Uri to)
    {
        _to = to;
        _listener.Start();
        _laying = LayAsync();
    }

    public Uri Url => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Connections ever made through it.</summary>
    public int Laid => Volatile.Read(ref _laid);

    /// <summary>Ends the oldest connection without a goodbye.</summary>
    public void CutOne()
    {
        if (_strands.TryDequeue(out var strand))
        {
            Cut(strand);
        }
    }

    public void CutAll()
    {
        while (!_strands.IsEmpty)
        {
            CutOne();
        }
    }

    /// <summary>From now on nothing arrives, and nobody is told.</summary>
    public void FallSilent() => _sound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void SoundAgain() => _sound.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        CutAll();
        SoundAgain();
        await _laying;
        _over.Dispose();
        _listener.Dispose();
    }

    private static TaskCompletionSource Sounding()
    {
        var sound = new TaskCompletionSource();
        sound.SetResult();
        return sound;
    }

    private static void Cut((Socket Near, Socket Far) strand)
    {
        strand.Near.Close(0);
        strand.Far.Close(0);
    }

    private async Task LayAsync()
    {
        var carrying = new List<Task>();
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync(_over.Token);
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                near.NoDelay = true;
                carrying.Add(ConnectAsync(near, far));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(carrying);
        }
    }

    private async Task ConnectAsync(Socket near, Socket far)
    {
        try
        {
            await far.ConnectAsync(_to.Host, _to.Port, _over.Token);
            _strands.Enqueue((near, far));
            Interlocked.Increment(ref _laid);
            await Task.WhenAll(CarryAsync(near, far), CarryAsync(far, near));
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            Cut((near, far));
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                await _sound.Task;
                await to.SendAsync(buffer.AsMemory(0, read));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            Cut((from, to));
        }
    }
}
