using System.Globalization;
using System.Net.WebSockets;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node.Tunnels;

/// <summary>Opens one tunnel with the node's own token.</summary>
internal sealed class TunnelDialler(IOptions<TunnelOptions> options, TokenClient tokens)
{
    private const string MaxAgeHeader = "Kakehashi-Tunnel-Max-Age";

    /// <summary>Throws <see cref="WebSocketException"/>, <see cref="TokenRequestException"/> or, after the time for it, <see cref="TimeoutException"/>.</summary>
    public async Task<TunnelConnection> DialAsync(CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(options.Value.ConnectTimeout);
        var socket = new ClientWebSocket();
        var open = false;
        try
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {await tokens.GetAsync(Audiences.Platform, timeout.Token)}");
            socket.Options.KeepAliveInterval = options.Value.PingInterval;
            socket.Options.KeepAliveTimeout = options.Value.PingTimeout;
            socket.Options.CollectHttpResponseDetails = true;
            await socket.ConnectAsync(options.Value.Address, timeout.Token);
            open = true;
            return new(socket, MaxAgeOf(socket));
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException("The Gateway did not answer in time.", late);
        }
        finally
        {
            if (!open)
            {
                socket.Dispose();
            }
        }
    }

    private static TimeSpan? MaxAgeOf(ClientWebSocket socket)
    {
        var said = socket.HttpResponseHeaders?.GetValueOrDefault(MaxAgeHeader)?.FirstOrDefault();
        socket.HttpResponseHeaders = null;
        return int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }
}
