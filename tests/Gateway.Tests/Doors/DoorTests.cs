using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kakehashi.Gateway.Tests.Doors;

public sealed class DoorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_cannot_be_reached_at_the_front_whatever_the_headers_say()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.StartNodeAsync("bbj");
        using var someone = platform.As("someone", "researcher");
        await Expect.ProblemAsync(await someone.GetAsync("/nodes/bbj/count", Ct), 404, "gateway.not-found");
        foreach (var header in new[]
        {
            $"Host: {platform.BackUrl.Authority}",
            $"Host: x\r\nX-Forwarded-Host: {platform.BackUrl.Authority}\r\nX-Forwarded-Port: {platform.BackUrl.Port}\r\nForwarded: host={platform.BackUrl.Authority}",
        })
        {
            Assert.StartsWith("HTTP/1.1 404", await RawAsync(platform.FrontUrl, $"GET /nodes/bbj/count HTTP/1.1\r\n{header}\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        }

        // The absolute form of a request names a host too; it is not where the request came in.
        Assert.StartsWith("HTTP/1.1 404", await RawAsync(platform.FrontUrl, $"GET {platform.BackUrl}nodes/bbj/count HTTP/1.1\r\nHost: {platform.BackUrl.Authority}\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/tunnel")]
    [InlineData("/api/catalog/biobanks")]
    [InlineData("/id/token")]
    public async Task What_is_at_the_front_is_not_at_the_back(string path)
    {
        await using var platform = await TestPlatform.StartAsync();
        await Expect.ProblemAsync(await platform.Back.GetAsync(path, Ct), 404, "gateway.not-found");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health")]
    [InlineData("/nothing/here")]
    public async Task What_does_not_exist_is_not_found(string path)
    {
        await using var platform = await TestPlatform.StartAsync();
        await Expect.ProblemAsync(await platform.Front.GetAsync(path, Ct), 404, "gateway.not-found");
    }

    [Fact]
    public async Task Every_route_names_its_policy_or_is_public_on_purpose()
    {
        string[] isPublic =
        [
            "/health", "/healthz", "/id/{**path}", "/session", "/session/sign-in", "/session/callback", "/session/sign-out", "/session/back-channel",
            "/session/page.css",
        ];
        await using var platform = await TestPlatform.StartAsync("Gateway:Services:IdBroker=http://127.0.0.1:1", "Gateway:Services:Catalog=http://127.0.0.1:1");
        var routes = platform.Gateway.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToList();
        Assert.True(routes.Count >= 7, string.Join(", ", routes.Select(route => route.RoutePattern.RawText)));
        Assert.All(routes, route =>
        {
            var named = route.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(data => data.Policy is not null);
            var open = route.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            Assert.True(named != open, $"{route.RoutePattern.RawText} names no policy");
            Assert.True(!open || isPublic.Contains(route.RoutePattern.RawText), $"{route.RoutePattern.RawText} is public");
        });
    }

    private static async Task<string> RawAsync(Uri to, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(to.Host, to.Port, Ct);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Ct);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(Ct);
    }
}
