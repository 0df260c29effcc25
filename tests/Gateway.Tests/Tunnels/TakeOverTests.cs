using System.Net;

namespace Kakehashi.Gateway.Tests.Tunnels;

/// <summary>Tunnels of one node stand in for each other, and come back by themselves.</summary>
public sealed class TakeOverTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_one_tunnel_is_cut_the_other_serves_on()
    {
        await using var platform = await TestPlatform.StartAsync();
        await using var cable = new Cable(platform.FrontUrl);
        var node = await platform.StartNodeAsync("bbj", cable.Url);
        var requests = Enumerable.Range(0, 200).Select(_ => platform.Back.GetAsync("/nodes/bbj/gate", Ct)).ToList();
        await Until.TrueAsync(() => node.Waiting == 200, () => $"{node.Waiting} requests are at the node");

        cable.CutOne();
        await Until.TrueAsync(() => requests.Count(request => request.IsCompleted) == 100, () => "the cut tunnel's requests do not end");
        for (var i = 0; i < 50; i++)
        {
            await CountsAsync(platform);
        }

        node.OpenGate();
        var answers = await Until.DoneAsync(Task.WhenAll(requests));
        Assert.Equal(
            new Dictionary<HttpStatusCode, int> { [HttpStatusCode.OK] = 100, [HttpStatusCode.BadGateway] = 100 },
            answers.CountBy(answer => answer.StatusCode).ToDictionary());
        await platform.UntilTunnelsAsync("bbj", 2);
    }

    [Fact]
    public async Task A_node_that_stops_in_good_order_hands_over_to_its_successor_without_a_failure()
    {
        await using var platform = await TestPlatform.StartAsync();
        var leaving = await platform.StartNodeAsync("bbj", connections: 1);
        var waiting = platform.Back.GetAsync("/nodes/bbj/gate", Ct);
        await Until.TrueAsync(() => leaving.Waiting == 1, () => "the request did not reach the node");
        await platform.StartNodeAsync("bbj", connections: 1);

        using var handedOver = new CancellationTokenSource();
        var traffic = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!handedOver.IsCancellationRequested)
            {
                await CountsAsync(platform);
                using var content = new StringContent("twelve bytes");
                using var answer = await platform.Back.PostAsync("/nodes/bbj/length", content, Ct);
                Assert.Equal("12", await answer.Content.ReadAsStringAsync(Ct));
            }
        }));
        var stopping = leaving.StopAsync();
        await Until.TrueAsync(() => platform.Tunnels("bbj") == 1, () => "the Gateway still chooses the node that stops");
        leaving.OpenGate();
        using (var answer = await Until.DoneAsync(waiting))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await Until.DoneAsync(stopping);
        await handedOver.CancelAsync();
        await Until.DoneAsync(traffic);
        await CountsAsync(platform);
    }

    [Fact]
    public async Task A_node_that_stops_alone_is_away()
    {
        await using var platform = await TestPlatform.StartAsync();
        var node = await platform.StartNodeAsync("bbj");
        await Until.DoneAsync(node.StopAsync());
        await platform.UntilTunnelsAsync("bbj", 0);
        await Expect.ProblemAsync(await platform.Back.GetAsync("/nodes/bbj/count", Ct), 503, "gateway.node-away");
    }

    [Fact]
    public async Task Nodes_come_back_when_the_Gateway_does()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj");
        await platform.StartNodeAsync("tommo");
        await Until.DoneAsync(platform.Gateway.StopAsync(Ct));
        await platform.Gateway.DisposeAsync();
        await platform.StartGatewayAsync();
        await platform.UntilTunnelsAsync("bbj", 2);
        await platform.UntilTunnelsAsync("tommo", 2);
        await CountsAsync(platform);
    }

    [Fact]
    public async Task A_Gateway_that_stops_lets_requests_end()
    {
        await using var platform = await TestPlatform.StartAsync();
        var node = await platform.StartNodeAsync("bbj");
        var waiting = platform.Back.GetAsync("/nodes/bbj/gate", Ct);
        await Until.TrueAsync(() => node.Waiting == 1, () => "the request did not reach the node");
        var stopping = platform.Gateway.StopAsync(Ct);
        await platform.UntilTunnelsAsync("bbj", 0);
        node.OpenGate();
        using var answer = await Until.DoneAsync(waiting);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Until.DoneAsync(stopping);
    }

    [Fact]
    public async Task A_network_that_falls_silent_is_noticed_at_both_ends()
    {
        await using var platform = await TestPlatform.StartAsync("Gateway:Tunnels:PingInterval=00:00:00.2", "Gateway:Tunnels:PingTimeout=00:00:00.5");
        await using var cable = new Cable(platform.FrontUrl);
        await platform.StartNodeAsync(
            "bbj", cable.Url, 2, "Tunnel:PingInterval=00:00:00.2", "Tunnel:PingTimeout=00:00:00.5", "Tunnel:ConnectTimeout=00:00:01");
        cable.FallSilent();
        await platform.UntilTunnelsAsync("bbj", 0);
        await Until.TrueAsync(() => cable.Laid > 2, () => "the node did not dial again");
        cable.SoundAgain();
        await platform.UntilTunnelsAsync("bbj", 2);
        await CountsAsync(platform);
    }

    [Fact]
    public async Task Tunnels_are_renewed_before_they_are_too_old_and_no_request_notices()
    {
        await using var platform = await TestPlatform.StartAsync("Gateway:Tunnels:MaxAge=00:00:01");
        await using var cable = new Cable(platform.FrontUrl);
        await platform.StartNodeAsync("bbj", cable.Url);
        while (cable.Laid < 8)
        {
            await CountsAsync(platform);
        }
    }

    private static async Task CountsAsync(TestPlatform platform)
    {
        using var answer = await platform.Back.GetAsync("/nodes/bbj/count", Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
