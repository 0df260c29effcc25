using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Text;
using Kakehashi.Node.Tunnels;

namespace Kakehashi.Gateway.Tests.Nodes;

public sealed class ForwardToNodeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_goes_through_the_tunnel_to_its_node_and_no_other()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj");
        await platform.StartNodeAsync("tommo");

        Assert.Equal(new("bbj", 42), await platform.Back.GetFromJsonAsync<TestNode.Count>("/nodes/bbj/count", Ct));
        Assert.Equal(new("tommo", 42), await platform.Back.GetFromJsonAsync<TestNode.Count>("/nodes/tommo/count", Ct));
    }

    [Fact]
    public async Task The_node_sees_the_path_without_the_prefix_the_query_and_the_token()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj");

        Assert.Equal("/address/a%20b/%E6%A9%8B?x=1%2F2", await platform.Back.GetStringAsync("/nodes/bbj/address/a%20b/橋?x=1%2F2", Ct));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nodes/bbj/headers") { Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } } };
        using var answer = await platform.Back.SendAsync(request, Ct);
        var headers = await answer.Content.ReadFromJsonAsync<Dictionary<string, string>>(Ct);
        Assert.Equal("Bearer for-the-node", headers!["Authorization"]);
        Assert.Contains("0af7651916cd43dd8448eb211c80319c", headers["traceparent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_node_answers_is_left_alone_even_when_it_is_a_refusal()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj");
        using var answer = await platform.Back.GetAsync("/nodes/bbj/nothing", Ct);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_refusal_before_the_request_was_read_to_its_end_arrives()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj");
        using var content = new ByteArrayContent(new byte[5_000_000]);
        using var answer = await platform.Back.PostAsync("/nodes/bbj/refuse", content, Ct);
        Assert.Equal(418, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Twenty_megabytes_go_up_whether_their_length_is_told_or_not(bool chunked)
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj");
        using var content = new ByteArrayContent(new byte[20_000_000]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/nodes/bbj/length") { Content = content, Headers = { TransferEncodingChunked = chunked } };
        using var answer = await platform.Back.SendAsync(request, Ct);
        Assert.Equal("20000000", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_large_answer_comes_down_whole_while_another_is_not_read_at_all()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj", connections: 1);
        using var unread = await platform.Back.GetAsync("/nodes/bbj/zeros/200000000", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(20_000_000, (await platform.Back.GetByteArrayAsync("/nodes/bbj/zeros/20000000", Ct)).Length);
    }

    [Fact]
    public async Task Events_arrive_one_by_one()
    {
        await using var platform = await TestPlatform.StartAsync();
        var node = await platform.StartNodeAsync("bbj");
        using var answer = await platform.Back.GetAsync("/nodes/bbj/ticks/3", HttpCompletionOption.ResponseHeadersRead, Ct);
        var ticks = new List<string>();
        await foreach (var tick in SseParser.Create(await answer.Content.ReadAsStreamAsync(Ct)).EnumerateAsync(Ct))
        {
            // The node sends the next one only now: nothing on the way may have waited for it.
            ticks.Add(tick.Data);
            node.Tick();
        }

        Assert.Equal(["0", "1", "2"], ticks);
    }

    [Fact]
    public async Task A_websocket_works_through_the_tunnel()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer for-the-node");
        await socket.ConnectAsync(new UriBuilder(platform.BackUrl) { Scheme = "ws", Path = "/nodes/bbj/echo" }.Uri, Ct);
        foreach (var text in new[] { "one", "two" })
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Ct);
            var buffer = new byte[100];
            var message = await socket.ReceiveAsync(buffer.AsMemory(), Ct);
            Assert.Equal(text, Encoding.UTF8.GetString(buffer, 0, message.Count));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Ct);
    }

    [Fact]
    public async Task When_the_caller_goes_away_the_node_is_told()
    {
        await using var platform = await TestPlatform.StartAsync();
        var node = await platform.StartNodeAsync("bbj");
        using var goingAway = new CancellationTokenSource();
        var request = platform.Back.GetAsync("/nodes/bbj/gate", goingAway.Token);
        await Until.TrueAsync(() => node.Waiting == 1, () => "the request did not reach the node");
        await goingAway.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await Until.TrueAsync(() => node.Abandoned == 1, () => "the node was not told");
    }

    [Fact]
    public async Task More_requests_than_one_connection_carries_wait_their_turn()
    {
        await using var platform = await TestPlatform.StartAsync();
        var node = await platform.StartNodeAsync("bbj", connections: 1);
        var requests = Enumerable.Range(0, TunnelExtensions.MostRequestsAtOnce + 50).Select(_ => platform.Back.GetAsync("/nodes/bbj/gate", Ct)).ToList();
        await Until.TrueAsync(() => node.Waiting == TunnelExtensions.MostRequestsAtOnce, () => $"{node.Waiting} requests are at the node");
        node.OpenGate();
        foreach (var answer in await Task.WhenAll(requests))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }
    }

    [Fact]
    public async Task Without_a_bearer_token_nothing_passes()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj");
        using var nobody = new HttpClient { BaseAddress = platform.BackUrl };
        await Expect.ProblemAsync(await nobody.GetAsync("/nodes/bbj/count", Ct), 401, "token.missing");
        nobody.DefaultRequestHeaders.Authorization = new("Basic", "dXNlcjpwYXNz");
        await Expect.ProblemAsync(await nobody.GetAsync("/nodes/bbj/count", Ct), 401, "token.missing");
    }

    [Fact]
    public async Task A_node_without_tunnels_is_away()
    {
        await using var platform = await TestPlatform.StartAsync();
        await Expect.ProblemAsync(await platform.Back.GetAsync("/nodes/bbj/count", Ct), 503, "gateway.node-away");
        await Expect.ProblemAsync(await platform.Back.GetAsync("/nodes/-/count", Ct), 503, "gateway.node-away");
    }
}
