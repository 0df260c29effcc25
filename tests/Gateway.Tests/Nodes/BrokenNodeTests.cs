using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Kakehashi.Gateway.Tests.Nodes;

/// <summary>A node that dies, hangs or talks nonsense: its callers hear so, and nobody else notices.</summary>
public sealed class BrokenNodeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_is_killed_fails_its_own_requests_only()
    {
        await using var platform = await TestPlatform.StartAsync();
        await using var cable = new Cable(platform.FrontUrl);
        var killed = await platform.StartNodeAsync("bbj", cable.Url);
        var other = await platform.StartNodeAsync("tommo");
        var lost = platform.Back.GetAsync("/nodes/bbj/gate", Ct);
        var kept = platform.Back.GetAsync("/nodes/tommo/gate", Ct);
        await Until.TrueAsync(() => killed.Waiting == 1 && other.Waiting == 1, () => "the requests did not reach the nodes");

        cable.CutAll();
        await Expect.ProblemAsync(await Until.DoneAsync(lost), 502, "gateway.node-failed");
        other.OpenGate();
        using var answer = await Until.DoneAsync(kept);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_node_that_dies_in_the_middle_of_an_answer_leaves_no_whole_looking_answer()
    {
        await using var platform = await TestPlatform.StartAsync();
        await using var cable = new Cable(platform.FrontUrl);
        await platform.StartNodeAsync("bbj", cable.Url);
        using var answer = await platform.Back.GetAsync("/nodes/bbj/ticks/3", HttpCompletionOption.ResponseHeadersRead, Ct);
        cable.CutAll();
        await Assert.ThrowsAsync<HttpRequestException>(() => Until.DoneAsync(answer.Content.ReadAsStringAsync(Ct)));
    }

    [Fact]
    public async Task A_node_that_hangs_is_slow_and_its_other_requests_go_on()
    {
        await using var platform = await TestPlatform.StartAsync("Gateway:NodeTimeout=00:00:01");
        var node = await platform.StartNodeAsync("bbj", connections: 1);
        using var stream = await platform.Back.GetAsync("/nodes/bbj/ticks/2", HttpCompletionOption.ResponseHeadersRead, Ct);

        await Expect.ProblemAsync(await Until.DoneAsync(platform.Back.GetAsync("/nodes/bbj/gate", Ct)), 504, "gateway.node-slow");
        await Until.TrueAsync(() => node.Abandoned == 1, () => "the node was not told");

        // The stream has now been open for longer than an answer may take to begin: once begun, it may take its time.
        node.Tick();
        node.Tick();
        Assert.Contains("data: 1", await Until.DoneAsync(stream.Content.ReadAsStringAsync(Ct)), StringComparison.Ordinal);
        using var next = await platform.Back.GetAsync("/nodes/bbj/count", Ct);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task A_slow_upload_is_not_a_slow_answer()
    {
        await using var platform = await TestPlatform.StartAsync("Gateway:NodeTimeout=00:00:01");
        await platform.StartNodeAsync("bbj");
        using var content = new DripContent(bytes: 8, pause: TimeSpan.FromSeconds(0.3));
        using var answer = await platform.Back.PostAsync("/nodes/bbj/length", content, Ct);
        Assert.Equal("8", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("\0\0\u0001\u0001\u0004\0\0\0\u0001\0 and then headers that are no headers")]
    [InlineData("\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f")]
    public async Task A_node_that_talks_nonsense_fails_its_own_requests_only(string nonsense)
    {
        await using var platform = await TestPlatform.StartAsync();
        var good = await platform.StartNodeAsync("bbj");
        using var socket = await platform.DialAsync(platform.NodeToken("mad"));
        await platform.UntilTunnelsAsync("mad", 1);
        var kept = platform.Back.GetAsync("/nodes/bbj/gate", Ct);
        await Until.TrueAsync(() => good.Waiting == 1, () => "the request did not reach the node");

        var lost = platform.Back.GetAsync("/nodes/mad/count", Ct);
        await UntilReceivedAsync(socket, "/count");
        await socket.SendAsync(Encoding.Latin1.GetBytes(nonsense), WebSocketMessageType.Binary, true, Ct);
        await Expect.ProblemAsync(await Until.DoneAsync(lost), 502, "gateway.node-failed");
        await platform.UntilTunnelsAsync("mad", 0);

        good.OpenGate();
        using var answer = await Until.DoneAsync(kept);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Headers_that_are_too_large_fail_one_request_and_no_other()
    {
        await using var platform = await TestPlatform.StartAsync();
        var node = await platform.StartNodeAsync("bbj", connections: 1);
        var kept = platform.Back.GetAsync("/nodes/bbj/gate", Ct);
        await Until.TrueAsync(() => node.Waiting == 1, () => "the request did not reach the node");

        await Expect.ProblemAsync(await platform.Back.GetAsync("/nodes/bbj/big-header", Ct), 502, "gateway.node-failed");
        node.OpenGate();
        using var answer = await Until.DoneAsync(kept);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task UntilReceivedAsync(WebSocket socket, string text)
    {
        var received = "";
        var buffer = new byte[16 * 1024];
        while (!received.Contains(text, StringComparison.Ordinal))
        {
            var message = await Until.DoneAsync(socket.ReceiveAsync(buffer.AsMemory(), Ct).AsTask());
            received += Encoding.Latin1.GetString(buffer, 0, message.Count);
        }
    }

    /// <summary>A body of which one byte is there at a time.</summary>
    private sealed class DripContent(int bytes, TimeSpan pause) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var sent = 0; sent < bytes; sent++)
            {
                await stream.WriteAsync(new byte[1], Ct);
                await stream.FlushAsync(Ct);
                await Task.Delay(pause, Ct);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
