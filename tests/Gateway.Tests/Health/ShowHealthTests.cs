using System.Net;
using System.Net.Http.Json;
using Kakehashi.Gateway.Health;

namespace Kakehashi.Gateway.Tests.Health;

public sealed class ShowHealthTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Healthy_services_make_a_healthy_platform_even_with_a_node_away()
    {
        await using var service = await TestPlatform.StartServiceAsync(_ => { });
        await using var platform = await TestPlatform.StartAsync(
            $"Gateway:Services:Catalog={service.Urls.Single()}", "Gateway:ExpectedNodes:0=bbj", "Gateway:ExpectedNodes:1=tommo");
        await platform.StartNodeAsync("bbj");
        using (await platform.Back.GetAsync("/nodes/bbj/count", Ct))
        {
        }

        using var answer = await platform.Front.GetAsync("/healthz", Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var health = await answer.Content.ReadFromJsonAsync<ShowHealth.Response>(Ct);
        Assert.Equal("healthy", health!.Status);
        Assert.Equal([new("Catalog", true)], health.Services);
        Assert.Equal(["bbj", "tommo"], health.Nodes.Select(node => node.Node));
        Assert.Equal((2, 1), (health.Nodes[0].Tunnels, health.Nodes[0].Requests));
        Assert.NotNull(health.Nodes[0].Since);
        Assert.Equal(new("tommo", 0, null, 0), health.Nodes[1]);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_makes_it_unhealthy_until_it_does()
    {
        await using var well = await TestPlatform.StartServiceAsync(_ => { });
        await using var platform = await TestPlatform.StartAsync($"Gateway:Services:Catalog={well.Urls.Single()}", "Gateway:Services:Consent=http://127.0.0.1:1");
        using var answer = await platform.Front.GetAsync("/healthz", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var health = await answer.Content.ReadFromJsonAsync<ShowHealth.Response>(Ct);
        Assert.Equal("unhealthy", health!.Status);
        Assert.Equal([new("Catalog", true), new("Consent", false)], health.Services);

        await well.StopAsync(Ct);
        await Until.TrueAsync(
            async () => (await (await platform.Front.GetAsync("/healthz", Ct)).Content.ReadFromJsonAsync<ShowHealth.Response>(Ct))!.Services.All(service => !service.Healthy),
            () => "a service that stopped is still shown as healthy");
    }
}
