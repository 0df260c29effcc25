using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kakehashi.ServiceDefaults.Tests;

public sealed class BadRequestHandlerTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private WebApplication _service = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(null); // who may call is tested with the tokens
        _service = builder.Build();
        _service.UseServiceDefaults();
        _service.MapPost("/questions", (Question question) => question).AllowAnonymous();
        _service.MapGet("/pages", (int page) => page).AllowAnonymous();
        _service.MapPost("/conflict", () => Problems.Conflict("test.taken", "Taken.", "Choose another.")).AllowAnonymous();
        _service.MapPost("/unprocessable", () => Problems.Unprocessable("test.reversed", "Reversed.", at: "/age/from")).AllowAnonymous();
        _service.MapPost("/bug", string () => throw new InvalidOperationException("secret")).AllowAnonymous();
        await _service.StartAsync(_ct);
        _http = new() { BaseAddress = new(_service.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _service.DisposeAsync();
    }

    [Theory]
    [InlineData("{", "request.malformed")]
    [InlineData("{\"text\": 7}", "request.malformed")]
    [InlineData("{\"text\": null}", "request.malformed")]
    [InlineData("{\"text\": \"a\", \"text\": \"b\"}", "request.malformed")]
    [InlineData("{\"text\": \"a\", \"more\": 1}", "request.malformed")]
    [InlineData("", "request.invalid")]
    public async Task A_body_that_cannot_be_read_has_a_stable_code(string body, string code)
    {
        var (status, problem) = await PostAsync("/questions", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(Problems.TypeOf(code), problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task An_unknown_member_is_named_by_its_place()
    {
        var (_, problem) = await PostAsync("/questions", "{\n\"text\": \"a\", \"more\": 1}");

        Assert.Equal("$.more", problem.GetProperty("path").GetString());
        Assert.Equal(2, problem.GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task A_deeply_nested_body_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/questions", new string('[', 5000))).Status);

    [Fact]
    public async Task A_body_that_is_too_large_has_its_own_code()
    {
        var (status, problem) = await PostAsync("/questions", JsonSerializer.Serialize(new { text = new string('x', 1 << 20) }));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal(Problems.TypeOf("request.too-large"), problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_has_its_own_code()
    {
        var (status, problem) = await PostAsync("/questions", "text=a", "application/x-www-form-urlencoded");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Equal(Problems.TypeOf("request.not-json"), problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_query_that_cannot_be_read_has_a_stable_code()
    {
        using var answer = await _http.GetAsync("/pages?page=x", _ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(Problems.TypeOf("request.invalid"), await answer.Content.ReadAsStringAsync(_ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_says_what_would_be_accepted_and_where_the_fault_is()
    {
        var (conflict, taken) = await PostAsync("/conflict", "");
        var (unprocessable, reversed) = await PostAsync("/unprocessable", "");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.UnprocessableEntity), (conflict, unprocessable));
        Assert.Equal("urn:kakehashi:problem:test.taken", taken.GetProperty("type").GetString());
        Assert.Equal("Choose another.", taken.GetProperty("detail").GetString());
        Assert.Equal("/age/from", reversed.GetProperty("pointer").GetString());
    }

    [Theory]
    [InlineData("/nowhere", "request.not-found")]
    [InlineData("/pages", "request.wrong-method")]
    public async Task What_the_framework_refuses_has_a_code_too(string path, string code)
    {
        var (_, problem) = await PostAsync(path, "{}");

        Assert.Equal(Problems.TypeOf(code), problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_bug_tells_nothing()
    {
        var (status, problem) = await PostAsync("/bug", "");

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, JsonElement Problem)> PostAsync(string path, string body, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(type));
        using var answer = await _http.PostAsync(path, content, _ct);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(_ct)));
    }

    public sealed record Question(string Text);
}
