using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kakehashi.Gateway.Tests;

/// <summary>What a node behind a tunnel can be asked in these tests: one endpoint for each way of using a connection.</summary>
public static class NodeEndpoints
{
    public sealed record Count(string Node, long Value);

    public static void Map(WebApplication node, string slug)
    {
        node.UseWebSockets();
        node.MapGet("/count", () => new Count(slug, 42));
        node.MapGet("/headers", (HttpRequest request) => request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
        node.MapGet("/address", (HttpRequest request) => $"{request.Path}{request.QueryString}");
        node.MapGet("/nothing", () => Results.NotFound());
        node.MapPost("/length", LengthAsync);
        node.MapGet("/zeros/{bytes:long}", ZerosAsync);
        node.MapGet("/ticks/{count:int}", (int count, CancellationToken ct) => TypedResults.ServerSentEvents(TicksAsync(count, ct), "tick"));
        node.MapGet("/hang", (CancellationToken ct) => Task.Delay(Timeout.Infinite, ct));
        node.MapGet("/big-header", (HttpResponse response) => response.Headers["X-Big"] = new string('x', 200_000));
        node.Map("/echo", EchoAsync);
    }

    private static async Task<long> LengthAsync(HttpRequest request)
    {
        request.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        var buffer = new byte[64 * 1024];
        var length = 0L;
        while (await request.Body.ReadAsync(buffer) is > 0 and var read)
        {
            length += read;
        }

        return length;
    }

    private static async Task ZerosAsync(long bytes, HttpResponse response)
    {
        var buffer = new byte[64 * 1024];
        for (var left = bytes; left > 0; left -= buffer.Length)
        {
            await response.Body.WriteAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
        }
    }

    // The next tick comes only when the last one has been taken: nothing on the way may hold one back.
    private static async IAsyncEnumerable<int> TicksAsync(int count, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var tick = 0; tick < count; tick++)
        {
            yield return tick;
            await NextTick.WaitAsync(ct);
        }
    }

    public static SemaphoreSlim NextTick { get; } = new(0);

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
        {
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
