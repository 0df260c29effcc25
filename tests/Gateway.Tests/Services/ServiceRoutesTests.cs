using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Kakehashi.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Tests.Services;

public sealed class ServiceRoutesTests
{
    private static readonly Dictionary<string, object?> Past = new() { ["iat"] = 1_700_000_000, ["exp"] = 1_700_000_300 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Catalog", "/api/catalog")]
    [InlineData("Consent", "/api/consent")]
    [InlineData("Metering", "/api/metering")]
    public async Task A_service_sees_paths_without_its_prefix_and_the_callers_token(string name, string prefix)
    {
        await using var service = await TestPlatform.StartServiceAsync(app =>
            app.MapPost("/{**path}", (HttpRequest request) => new Seen(request.Path, request.QueryString.Value, request.Headers.Authorization!)));
        await using var platform = await TestPlatform.StartAsync($"Gateway:Services:{name}={service.Urls.Single()}");
        using var someone = platform.As("someone", Roles.Researcher);
        using var answer = await someone.PostAsync($"{prefix}/a/b?x=1", null, Ct);
        Assert.Equal(new("/a/b", "?x=1", $"{someone.DefaultRequestHeaders.Authorization}"), await answer.Content.ReadFromJsonAsync<Seen>(Ct));

        await Expect.ProblemAsync(await platform.Front.PostAsync($"{prefix}/a/b", null, Ct), 401, "token.missing");
        using var stale = new HttpClient { BaseAddress = platform.FrontUrl };
        stale.DefaultRequestHeaders.Authorization = new("Bearer", platform.Issuer.Token("someone", Audiences.Platform, [Roles.Researcher], claims: Past));
        await Expect.ProblemAsync(await stale.PostAsync($"{prefix}/a/b", null, Ct), 401, "token.expired");
    }

    [Fact]
    public async Task The_owners_view_of_an_account_is_part_of_the_api()
    {
        await using var service = await TestPlatform.StartServiceAsync(app => app.MapGet("/{**path}", (HttpRequest request) => request.Path.Value));
        await using var platform = await TestPlatform.StartAsync($"Gateway:Services:IdBroker={service.Urls.Single()}");
        using var someone = platform.As("someone", Roles.Researcher);
        Assert.Equal("/account/sessions", await someone.GetStringAsync("/api/account/sessions", Ct));
        await Expect.ProblemAsync(await platform.Front.GetAsync("/api/account/sessions", Ct), 401, "token.missing");
    }

    [Fact]
    public async Task The_identity_broker_is_open_to_everybody()
    {
        await using var service = await TestPlatform.StartServiceAsync(app => app.MapGet("/.well-known/openid-configuration", () => "ok"));
        await using var platform = await TestPlatform.StartAsync($"Gateway:Services:IdBroker={service.Urls.Single()}");
        Assert.Equal("ok", await platform.Front.GetStringAsync("/id/.well-known/openid-configuration", Ct));
    }

    [Fact]
    public async Task A_service_that_is_not_configured_has_no_route()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var someone = platform.As("someone", Roles.Researcher);
        await Expect.ProblemAsync(await someone.GetAsync("/api/catalog/biobanks", Ct), 404, "gateway.not-found");
        await Expect.ProblemAsync(await platform.Front.GetAsync("/api/catalog/biobanks", Ct), 401, "token.missing");
        await Expect.ProblemAsync(await platform.Front.GetAsync("/id/token", Ct), 404, "gateway.not-found");
    }

    [Fact]
    public async Task A_service_that_is_down_is_away()
    {
        await using var platform = await TestPlatform.StartAsync("Gateway:Services:Catalog=http://127.0.0.1:1");
        using var someone = platform.As("someone", Roles.Researcher);
        await Expect.ProblemAsync(await someone.GetAsync("/api/catalog/biobanks", Ct), 503, "gateway.service-away");
    }

    [Fact]
    public async Task Events_of_a_service_arrive_one_by_one()
    {
        using var next = new SemaphoreSlim(0);
        await using var service = await TestPlatform.StartServiceAsync(app =>
            app.MapPost("/searches", (CancellationToken ct) => TypedResults.ServerSentEvents(AnswersAsync(next, ct))));
        await using var platform = await TestPlatform.StartAsync($"Gateway:Services:Catalog={service.Urls.Single()}");
        using var someone = platform.As("someone", Roles.Researcher);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/catalog/searches");
        using var answer = await someone.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        var seen = 0;
        await foreach (var tick in SseParser.Create(await answer.Content.ReadAsStreamAsync(Ct)).EnumerateAsync(Ct))
        {
            Assert.Equal($"{seen++}", tick.Data);
            next.Release();
        }

        Assert.Equal(3, seen);
    }

    [Theory]
    [InlineData("Gateway:Services:Katalog=http://127.0.0.1:1", "Gateway:Services:Katalog")]
    [InlineData("Gateway:Services:Catalog=catalog", "Gateway:Services:Catalog")]
    [InlineData("Gateway:FrontUrl=http://platform.example", "Gateway:FrontUrl")]
    [InlineData("Gateway:PublicUrl=http://platform.example", "Gateway:PublicUrl")]
    [InlineData("Gateway:PublicUrl=https://platform.example/portal", "Gateway:PublicUrl")]
    [InlineData("Gateway:CallerBurst=0", "CallerBurst")]
    [InlineData("Gateway:Tunnels:MaxPerNode=0", "MaxPerNode")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string setting, string name)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var app = await Program.BuildAsync([
                $"--{setting}", "--Tokens:Authority=http://127.0.0.1:1", "--Tokens:Audience=kakehashi", "--Tokens:ClientId=gateway", "--Tokens:ClientKeyFile=none.pem",
                "--ConnectionStrings:gateway=Host=127.0.0.1;Port=1", "--Logging:LogLevel:Default=None"]);
            await app.StartAsync(Ct);
        });
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<int> AnswersAsync(SemaphoreSlim next, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var i = 0; i < 3; i++)
        {
            yield return i;
            await next.WaitAsync(ct);
        }
    }

    public sealed record Seen(string Path, string? Query, string Authorization);
}
