using System.Net;
using Kakehashi.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kakehashi.Gateway.Tests.Doors;

public sealed class LimitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_too_large_is_refused_whether_it_tells_its_length_or_not(bool chunked)
    {
        await using var service = await TestPlatform.StartServiceAsync(app => app.MapPost("/searches", LengthAsync));
        await using var platform = await TestPlatform.StartAsync($"Gateway:Services:Catalog={service.Urls.Single()}");
        using var someone = platform.As("someone", Roles.Researcher);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(someone, (1 << 20) - 1024, chunked)).StatusCode);
        await Expect.ProblemAsync(await PostAsync(someone, (1 << 20) + 1, chunked), 413, "gateway.body-too-large");
    }

    [Fact]
    public async Task Headers_and_addresses_that_are_too_large_are_refused()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Headers = { { "X-Large", new string('x', 16 * 1024) } } };
        await Expect.ProblemAsync(await platform.Front.SendAsync(request, Ct), 431, "gateway.headers-too-large");
        await Expect.ProblemAsync(await platform.Front.GetAsync($"/{new string('x', 4096)}", Ct), 414, "gateway.address-too-long");
    }

    [Fact]
    public async Task A_caller_has_its_own_share_and_no_more()
    {
        await using var service = await TestPlatform.StartServiceAsync(app => app.MapGet("/biobanks", () => "ok"));
        await using var platform = await TestPlatform.StartAsync(
            $"Gateway:Services:Catalog={service.Urls.Single()}", "Gateway:CallerBurst=3", "Gateway:CallerPerSecond=1");
        using var greedy = platform.As("greedy", Roles.Researcher);
        using var again = platform.As("greedy", Roles.Researcher);
        using var modest = platform.As("modest", Roles.Researcher);

        var refused = await UntilRefusedAsync(greedy, "/api/catalog/biobanks", 3);
        Assert.InRange(refused.Headers.RetryAfter?.Delta ?? TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        await Expect.ProblemAsync(refused, 429, "gateway.too-many-requests");

        // A new token is not a new caller; another account, and an address without an account, are.
        await Expect.ProblemAsync(await UntilRefusedAsync(again, "/api/catalog/biobanks", 0), 429, "gateway.too-many-requests");
        using var other = await modest.GetAsync("/api/catalog/biobanks", Ct);
        using var nobody = await platform.Front.GetAsync("/healthz", Ct);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (other.StatusCode, nobody.StatusCode));
    }

    [Fact]
    public async Task Made_up_tokens_share_the_bucket_of_their_address()
    {
        await using var platform = await TestPlatform.StartAsync("Gateway:CallerBurst=3", "Gateway:CallerPerSecond=1");
        for (var sent = 0; ; sent++)
        {
            Assert.True(sent < 20, "made-up tokens buy new buckets");
            using var liar = new HttpClient { BaseAddress = platform.FrontUrl, DefaultRequestHeaders = { Authorization = new("Bearer", $"made.up.{sent}") } };
            using var answer = await liar.GetAsync("/api/catalog/x", Ct);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                break;
            }

            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Token_requests_have_a_share_of_their_own()
    {
        await using var service = await TestPlatform.StartServiceAsync(app => app.MapGet("/token", () => "ok"));
        await using var platform = await TestPlatform.StartAsync(
            $"Gateway:Services:IdBroker={service.Urls.Single()}", "Gateway:TokenBurst=2", "Gateway:TokenPerSecond=1");
        using var refused = await UntilRefusedAsync(platform.Front, "/id/token", 2);
        await Expect.ProblemAsync(refused, 429, "gateway.too-many-requests");
        using var other = await platform.Front.GetAsync("/healthz", Ct);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Nodes_are_not_counted()
    {
        await using var platform = await TestPlatform.StartAsync("Gateway:CallerBurst=1", "Gateway:CallerPerSecond=1", "Gateway:TokenBurst=1");
        await platform.StartNodeAsync("bbj");
        for (var i = 0; i < 20; i++)
        {
            using var answer = await platform.Back.GetAsync("/nodes/bbj/count", Ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, int bytes, bool chunked)
    {
        using var content = new ByteArrayContent(new byte[bytes]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/catalog/searches") { Content = content, Headers = { TransferEncodingChunked = chunked, ExpectContinue = true } };
        return await client.SendAsync(request, Ct);
    }

    /// <summary>The first answer that is a refusal; at least so many must come before it.</summary>
    private static async Task<HttpResponseMessage> UntilRefusedAsync(HttpClient client, string path, int atLeast)
    {
        for (var sent = 0; ; sent++)
        {
            var answer = await client.GetAsync(path, Ct);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.True(sent >= atLeast, $"refused after {sent}");
                return answer;
            }

            answer.Dispose();
            Assert.True(sent < 50, "never refused");
        }
    }

    private static async Task<long> LengthAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.Length;
    }
}
