using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kakehashi.ServiceDefaults.Tests.Tokens;

public sealed class TokenAuthenticationTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TestIssuer _issuer = null!;
    private WebApplication _service = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync(_ct);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = [$"--Tokens:Authority={_issuer.Authority}", $"--Tokens:Audience={Audiences.Platform}"],
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults().AddTokenAuthentication();
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy("steward", policy => policy.RequireClaim(TokenClaims.Roles, Roles.Steward));
        _service = builder.Build();
        _service.UseServiceDefaults();
        _service.MapGet("/me", (HttpContext context) =>
            new { actor = context.User.ActorId(), roles = context.User.FindAll(TokenClaims.Roles).Select(r => r.Value), use = context.User.Use() });
        _service.MapGet("/stewards", () => "in").RequireAuthorization("steward");
        await _service.StartAsync(_ct);
        _http = new() { BaseAddress = new(_service.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _service.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task A_good_token_becomes_the_caller_with_every_role()
    {
        var (status, body, _) = await GetAsync("/me", _issuer.Token("p7", Audiences.Platform, [Roles.Researcher, Roles.Steward], "rin"));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("p7", body.GetProperty("actor").GetString());
        Assert.Equal(["researcher", "steward"], body.GetProperty("roles").EnumerateArray().Select(r => r.GetString()));
    }

    [Fact]
    public async Task Authorization_details_reach_the_service_as_a_use()
    {
        var use = new UseAuthorization(UseAuthorization.TypeName, new(ResearchUse.HMB, []), "diabetes");

        var token = _issuer.Token("p7", Audiences.Platform, [], claims: new Dictionary<string, object?> { ["authorization_details"] = new[] { use } });
        var (_, body, _) = await GetAsync("/me", token);

        Assert.Equal("diabetes", body.GetProperty("use").GetProperty("project").GetString());
    }

    [Fact]
    public async Task No_token_is_asked_for_without_an_error_code()
    {
        var (status, body, headers) = await GetAsync("/me", null);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("Bearer", headers.WwwAuthenticate.ToString());
        Assert.Equal("urn:kakehashi:problem:token.missing", body.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_refused_token_names_the_rule_and_is_not_echoed()
    {
        var token = _issuer.Token("p7", "node:bbj", [Roles.Researcher]);

        var (status, body, headers) = await GetAsync("/me", token);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("Bearer error=\"invalid_token\"", headers.WwwAuthenticate.ToString());
        Assert.Equal("urn:kakehashi:problem:token.wrong-audience", body.GetProperty("type").GetString());
        Assert.DoesNotContain(token[..20], body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_token_without_the_role_is_forbidden()
    {
        var (status, body, _) = await GetAsync("/stewards", _issuer.Token("p7", Audiences.Platform, [Roles.Researcher]));

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal("urn:kakehashi:problem:access.forbidden", body.GetProperty("type").GetString());
    }

    [Fact]
    public async Task An_issuer_that_is_away_is_no_fault_of_the_token()
    {
        _issuer.IsUp = false;

        var (status, body, _) = await GetAsync("/me", _issuer.Token("p7", Audiences.Platform, []));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("urn:kakehashi:problem:token.issuer-unavailable", body.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_route_without_a_policy_still_needs_a_token() =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync("/nowhere", null)).Status);

    private async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers)> GetAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        using var answer = await _http.SendAsync(request, _ct);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(_ct)), answer.Headers);
    }
}
