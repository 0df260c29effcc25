using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kakehashi.Gateway.Tests.Doors;

public sealed class FrontHeadersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_answer_carries_the_security_headers()
    {
        await using var service = await TestPlatform.StartServiceAsync(app =>
        {
            app.MapGet("/biobanks", () => new { ok = true });
            app.MapGet("/broken", () => Results.StatusCode(500));
        });
        await using var platform = await TestPlatform.StartAsync(
            $"Gateway:Services:Catalog={service.Urls.Single()}", "Gateway:Services:Consent=http://127.0.0.1:1", "Gateway:CallerBurst=20", "Gateway:CallerPerSecond=1");
        using var someone = platform.As("someone", "researcher");
        using var large = new HttpRequestMessage(HttpMethod.Post, "/api/catalog/biobanks") { Content = new ByteArrayContent(new byte[2 << 20]), Headers = { ExpectContinue = true } };
        var answers = new Dictionary<string, HttpResponseMessage>
        {
            ["200 of a service"] = await someone.GetAsync("/api/catalog/biobanks", Ct),
            ["500 of a service"] = await someone.GetAsync("/api/catalog/broken", Ct),
            ["401"] = await platform.Front.GetAsync("/api/catalog/biobanks", Ct),
            ["403"] = await someone.GetAsync("/tunnel", Ct),
            ["404"] = await platform.Front.GetAsync("/nothing", Ct),
            ["413"] = await someone.SendAsync(large, Ct),
            ["414"] = await someone.GetAsync($"/api/catalog/{new string('x', 5000)}", Ct),
            ["503"] = await someone.GetAsync("/api/consent/x", Ct),
            ["health"] = await platform.Front.GetAsync("/healthz", Ct),
        };
        while (!answers.ContainsKey("429"))
        {
            var answer = await platform.Front.GetAsync("/nothing", Ct);
            answers[$"{(int)answer.StatusCode}"] = answer;
        }

        foreach (var (kind, answer) in answers)
        {
            Assert.Equal((kind, "nosniff"), (kind, Header(answer, "X-Content-Type-Options")));
            Assert.Equal((kind, "no-referrer"), (kind, Header(answer, "Referrer-Policy")));
            Assert.Equal((kind, "DENY"), (kind, Header(answer, "X-Frame-Options")));
            Assert.Equal((kind, "no-store"), (kind, Header(answer, "Cache-Control")));
            Assert.StartsWith("default-src 'none'; frame-ancestors 'none'", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Null(Header(answer, "Server"));
            answer.Dispose();
        }
    }

    [Fact]
    public async Task A_service_with_pages_says_what_they_may_load_and_how_long_they_keep()
    {
        await using var service = await TestPlatform.StartServiceAsync(app => app.MapGet("/keys", (HttpResponse response) =>
        {
            response.Headers.ContentSecurityPolicy = "default-src 'self'";
            response.Headers.CacheControl = "max-age=300";
        }));
        await using var platform = await TestPlatform.StartAsync($"Gateway:Services:IdBroker={service.Urls.Single()}");
        using var answer = await platform.Front.GetAsync("/id/keys", Ct);
        Assert.Equal("default-src 'self'", Header(answer, "Content-Security-Policy"));
        Assert.Equal("max-age=300", Header(answer, "Cache-Control"));
    }

    [Fact]
    public async Task What_a_caller_says_about_where_it_comes_from_reaches_nobody()
    {
        await using var service = await TestPlatform.StartServiceAsync(app => app.MapGet("/headers", Headers));
        await using var platform = await TestPlatform.StartAsync($"Gateway:Services:Catalog={service.Urls.Single()}");
        await platform.StartNodeAsync("bbj");
        using var someone = platform.As("someone", "researcher");
        foreach (var (client, path) in new[] { (someone, "/api/catalog/headers"), (platform.Back, "/nodes/bbj/headers") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path)
            {
                Headers =
                {
                    { "X-Forwarded-For", "6.6.6.6" }, { "X-Forwarded-Host", "evil.example" }, { "X-Forwarded-Proto", "gopher" }, { "X-Forwarded-User", "root" },
                    { "Forwarded", "for=6.6.6.6" }, { "X-Real-IP", "6.6.6.6" }, { "X-Original-URL", "/admin" }, { "X-Kept", "yes" },
                    { "Connection", "X-Hop" }, { "X-Hop", "1" }, { "TE", "trailers" }, { "Proxy-Authorization", "Basic eA==" },
                },
            };
            using var answer = await client.SendAsync(request, Ct);
            var seen = new Dictionary<string, string>((await answer.Content.ReadFromJsonAsync<Dictionary<string, string>>(Ct))!, StringComparer.OrdinalIgnoreCase);
            Assert.Equal("yes", seen["X-Kept"]);
            Assert.StartsWith("Bearer ", seen["Authorization"], StringComparison.Ordinal);
            Assert.DoesNotContain(seen, header => header.Value.Contains("6.6.6.6", StringComparison.Ordinal) || header.Value is "evil.example" or "gopher" or "root" or "/admin");
            Assert.DoesNotContain("Proxy-Authorization", seen.Keys);
        }
    }

    [Fact]
    public async Task A_service_learns_from_the_Gateway_who_asks_and_by_what_name()
    {
        await using var service = await TestPlatform.StartServiceAsync(app => app.MapGet("/headers", Headers));
        await using var platform = await TestPlatform.StartAsync($"Gateway:Services:Catalog={service.Urls.Single()}");
        using var someone = platform.As("someone", "researcher");
        var seen = await someone.GetFromJsonAsync<Dictionary<string, string>>("/api/catalog/headers", Ct);
        Assert.Equal("127.0.0.1", seen!["X-Forwarded-For"]);
        Assert.Equal(platform.FrontUrl.Authority, seen["X-Forwarded-Host"]);
        Assert.Equal("http", seen["X-Forwarded-Proto"]);
    }

    private static Dictionary<string, string> Headers(HttpRequest request) =>
        request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;
}
