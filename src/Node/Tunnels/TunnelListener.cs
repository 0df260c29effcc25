using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Threading.Channels;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Connections;

namespace Kakehashi.Node.Tunnels;

/// <summary>
/// "Listens" by dialling out: keeps a number of tunnels open, hands each to Kestrel, and dials again when one closes or
/// grows old. While the Gateway is away it keeps trying, ever more slowly.
/// </summary>
internal sealed class TunnelListener : IConnectionListener
{
    private readonly TunnelDialler _dialler;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Channel<TunnelConnection> _dialled = Channel.CreateBounded<TunnelConnection>(1);
    private readonly CancellationTokenSource _unbound = new();
    private readonly Task _keeping;

    public TunnelListener(EndPoint endPoint, int connections, TunnelDialler dialler, TimeProvider clock, ILogger logger)
    {
        (EndPoint, _dialler, _clock, _logger) = (endPoint, dialler, clock, logger);
        var stop = _unbound.Token;
        _keeping = Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => KeepOneAsync(stop))));
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next tunnel that is open; null when there will be no more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _dialled.Reader.WaitToReadAsync(cancellationToken) && _dialled.Reader.TryRead(out var connection) ? connection : null;

    /// <summary>No more dialling. Tunnels that Kestrel has taken are its own to finish.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync();
        await _keeping;
        _dialled.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        while (_dialled.Reader.TryRead(out var unused))
        {
            await unused.DisposeAsync();
        }

        _unbound.Dispose();
    }

    private async Task KeepOneAsync(CancellationToken stop)
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                failures = await ServeOneAsync(stop) ? 0 : failures + 1;
            }
            catch (Exception fault) when (fault is WebSocketException or TokenRequestException or TimeoutException)
            {
                failures++;
                Log.NotOpened(_logger, failures, fault.Message);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(BackOffRules.Delay(failures, Jitter()), _clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Until the tunnel closes, or is so old that the next one should open. False when it closed too soon.</summary>
    private async Task<bool> ServeOneAsync(CancellationToken stop)
    {
        var connection = await _dialler.DialAsync(stop);
        var opened = _clock.GetTimestamp();
        Log.Opened(_logger);
        await _dialled.Writer.WriteAsync(connection, stop);
        var renew = connection.MaxAge is { } age ? RenewalRules.RenewAfter(age, Jitter()) : Timeout.InfiniteTimeSpan;
        await connection.Closed.WaitAsync(renew, _clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!connection.Closed.IsCompleted)
        {
            return true;
        }

        Log.Closed(_logger);
        return _clock.GetElapsedTime(opened) >= RenewalRules.Settled;
    }

    private static double Jitter() => RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20);
}
