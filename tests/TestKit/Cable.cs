using System.Net;
using System.Net.Sockets;

namespace Kakehashi.TestKit;

/// <summary>The line between a producer and Metering, with an address that stays. It can be laid to another port, and cut.</summary>
public sealed class Cable : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private int _cuts;
    private int _bytesBeforeCut;

    public Cable()
    {
        _listener.Start();
        Url = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>The port behind it; 0 while there is none.</summary>
    public int Port { get; set; }

    /// <summary>How many answers were lost so far.</summary>
    public int Lost { get; private set; }

    /// <summary>
    /// Loses the next answers: Metering has done what was asked when its answer comes to the cable, and the sender hears no
    /// more of it than the first bytes.
    /// </summary>
    public void Cut(int answers, int bytesBefore) => (_bytesBeforeCut, _cuts) = (bytesBefore, answers);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the end of the test
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var far = new TcpClient();
        try
        {
            using (near)
            {
                await far.ConnectAsync(IPAddress.Loopback, Port, _end.Token);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), _end.Token), AnswerAsync(far.GetStream(), near.GetStream()));
            }
        }
        catch (Exception fault) when (fault is SocketException or IOException or OperationCanceledException or ArgumentOutOfRangeException)
        {
            // What is on either side of a cable does not hear why it broke.
        }
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _end.Token) is > 0 and var read)
        {
            if (_cuts > 0)
            {
                (_cuts, Lost) = (_cuts - 1, Lost + 1);
                await to.WriteAsync(buffer.AsMemory(0, Math.Min(_bytesBeforeCut, read)), _end.Token);
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }
}
