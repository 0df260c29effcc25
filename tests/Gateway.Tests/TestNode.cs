using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kakehashi.Gateway.Tests;

/// <summary>A node behind real tunnels, with one endpoint for each way of using a connection.</summary>
public sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _slug;
    private readonly SemaphoreSlim _nextTick = new(0);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;
    private int _abandoned;

    public TestNode(WebApplication app, string slug)
    {
        (_app, _slug) = (app, slug);
        app.UseWebSockets();
        app.MapGet("/count", () => new Count(_slug, 42));
        app.MapGet("/headers", (HttpRequest request) => request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
        app.MapGet("/address/{**rest}", (HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        app.MapGet("/nothing", () => Results.NotFound());
        app.MapGet("/gate", WaitAsync);
        app.MapGet("/big-header", (HttpResponse response) => response.Headers["X-Big"] = new string('x', 200_000));
        app.MapGet("/zeros/{bytes:long}", ZerosAsync);
        app.MapGet("/ticks/{count:int}", (int count, CancellationToken ct) => TypedResults.ServerSentEvents(TicksAsync(count, ct), "tick"));
        app.MapPost("/length", LengthAsync);
        app.MapPost("/refuse", () => Results.StatusCode(StatusCodes.Status418ImATeapot));
        app.Map("/echo", EchoAsync);
    }

    public sealed record Count(string Node, long Value);

    /// <summary>Requests that wait at the gate.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Requests whose caller went away while they waited.</summary>
    public int Abandoned => Volatile.Read(ref _abandoned);

    public void OpenGate() => _gate.TrySetResult();

    /// <summary>Lets the stream of ticks go on by one.</summary>
    public void Tick() => _nextTick.Release();

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        OpenGate();
        await _app.DisposeAsync();
        _nextTick.Dispose();
    }

    private async Task<Count> WaitAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _gate.Task.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _abandoned);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        return new(_slug, 42);
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

    private async IAsyncEnumerable<int> TicksAsync(int count, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var tick = 0; tick < count; tick++)
        {
            yield return tick;
            await _nextTick.WaitAsync(ct);
        }
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
        {
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
