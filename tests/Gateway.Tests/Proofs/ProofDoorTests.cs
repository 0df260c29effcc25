using System.Net;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kakehashi.Gateway.Tests.Proofs;

public sealed class ProofDoorTests : IAsyncLifetime
{
    private const string Path = "/api/catalog/searches";

    private readonly DpopKey _key = new();
    private WebApplication _service = null!;
    private TestPlatform _platform = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private string Url => $"{_platform.FrontUrl.GetLeftPart(UriPartial.Authority)}{Path}";

    public async ValueTask InitializeAsync()
    {
        _service = await TestPlatform.StartServiceAsync(app =>
        {
            app.Map("/searches", (HttpRequest request) => $"{request.Headers.Authorization.ToString().Split(' ')[0]} {request.Headers["DPoP"].Count}");
            app.Map("/step-up", (HttpResponse response) =>
            {
                response.StatusCode = StatusCodes.Status401Unauthorized;
                response.Headers.WWWAuthenticate = "Bearer error=\"insufficient_user_authentication\", max_age=600";
            });
            app.Map("/userinfo", (HttpRequest request) => $"{request.Headers.Authorization.ToString().Split(' ')[0]} {request.Headers["DPoP"].Count}");
        });
        _platform = await TestPlatform.StartAsync(
            "Gateway:PublicUrl=http://localhost:4711", $"Gateway:Services:Catalog={_service.Urls.Single()}", $"Gateway:Services:IdBroker={_service.Urls.Single()}");
    }

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        await _service.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task A_bound_token_with_a_good_proof_reaches_the_service_as_a_bearer_token()
    {
        var token = Bound();
        using var answer = await SendAsync("DPoP", token, _key.Proof("POST", Public(Path), Now, token));
        Assert.Equal("Bearer 0", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task The_address_is_the_one_that_callers_see()
    {
        var token = Bound();
        await RefusedAsync(await SendAsync("DPoP", token, _key.Proof("POST", Url, Now, token)), ProofRefusals.WrongAddress, DpopProofs.Error);
        using var answer = await SendAsync("dpop", token, _key.Proof("POST", Public(Path) + "?x=1", Now, token), Path + "?y=2");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_bound_token_without_proof_is_worth_nothing()
    {
        var token = Bound();
        await RefusedAsync(await SendAsync("Bearer", token, null), "token.proof-needed", "invalid_token");
        await RefusedAsync(await SendAsync("Bearer", token, _key.Proof("POST", Public(Path), Now, token)), "token.proof-needed", "invalid_token");
        await RefusedAsync(await SendAsync("DPoP", token, null), ProofRefusals.Missing, DpopProofs.Error);
    }

    [Fact]
    public async Task A_token_bound_in_a_way_we_do_not_know_is_worth_nothing()
    {
        var token = _platform.Issuer.Token("ito", Audiences.Platform, [], claims: new Dictionary<string, object?> { ["cnf"] = new Dictionary<string, string> { ["x5t#S256"] = _key.Thumbprint } });
        await RefusedAsync(await SendAsync("Bearer", token, null), "token.proof-needed", "invalid_token");
        await RefusedAsync(await SendAsync("DPoP", token, _key.Proof("POST", Public(Path), Now, token)), ProofRefusals.WrongHolder, DpopProofs.Error);
    }

    [Fact]
    public async Task A_token_that_is_bound_to_no_key_comes_as_a_bearer_token()
    {
        var token = _platform.Issuer.Token("ito", Audiences.Platform, []);
        await RefusedAsync(await SendAsync("DPoP", token, _key.Proof("POST", Public(Path), Now, token)), "token.not-bound", "invalid_token");
        using var answer = await SendAsync("Bearer", token, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_proof_of_another_key_another_token_or_another_request_does_not_help()
    {
        using var thief = new DpopKey();
        var token = Bound();
        await RefusedAsync(await SendAsync("DPoP", token, thief.Proof("POST", Public(Path), Now, token)), ProofRefusals.WrongHolder, DpopProofs.Error);
        await RefusedAsync(await SendAsync("DPoP", token, _key.Proof("POST", Public(Path), Now, Bound())), ProofRefusals.WrongToken, DpopProofs.Error);
        await RefusedAsync(await SendAsync("DPoP", token, _key.Proof("GET", Public(Path), Now, token)), ProofRefusals.WrongMethod, DpopProofs.Error);
        await RefusedAsync(await SendAsync("DPoP", token, _key.Proof("POST", Public("/api/catalog/other"), Now, token)), ProofRefusals.WrongAddress, DpopProofs.Error);
        await RefusedAsync(await SendAsync("DPoP", token, _key.Proof("POST", Public(Path), Now.AddMinutes(-2), token)), ProofRefusals.WrongTime, DpopProofs.Error);
    }

    [Fact]
    public async Task A_proof_counts_once_at_all_instances_together()
    {
        await using var other = await TestPlatform.StartAsync("Gateway:PublicUrl=http://localhost:4711", $"Gateway:Services:Catalog={_service.Urls.Single()}", $"Tokens:Authority={_platform.Issuer.Authority}");
        var token = Bound();
        var proof = _key.Proof("POST", Public(Path), Now, token);
        using var first = await SendAsync("DPoP", token, proof);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await RefusedAsync(await SendAsync("DPoP", token, proof), ProofRefusals.Replayed, DpopProofs.Error);
        await RefusedAsync(await SendAsync("DPoP", token, proof, front: other.Front), ProofRefusals.Replayed, DpopProofs.Error);
    }

    [Fact]
    public async Task Whoever_comes_with_a_proof_is_challenged_in_kind()
    {
        var expired = Bound(new() { ["iat"] = 1_700_000_000, ["exp"] = 1_700_000_300 });
        using var answer = await SendAsync("DPoP", expired, _key.Proof("POST", Public(Path), Now, expired));
        Assert.Equal("DPoP error=\"invalid_token\", algs=\"ES256\"", Challenge(answer));

        var token = Bound();
        using var stepUp = await SendAsync("DPoP", token, _key.Proof("POST", Public("/api/catalog/step-up"), Now, token), "/api/catalog/step-up");
        Assert.Equal("DPoP error=\"insufficient_user_authentication\", max_age=600, algs=\"ES256\"", Challenge(stepUp));
    }

    [Fact]
    public async Task What_is_public_judges_proofs_itself()
    {
        var token = Bound();
        using var answer = await SendAsync("DPoP", token, _key.Proof("POST", Public("/id/userinfo"), Now, token), "/id/userinfo");
        Assert.Equal("DPoP 1", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task Every_door_that_takes_tokens_takes_bound_ones_with_proof_only()
    {
        var node = _platform.Issuer.Token("node:bbj", Audiences.Platform, [Roles.Node], claims: new Dictionary<string, object?>
        {
            ["client_id"] = "node:bbj",
            ["cnf"] = new Dictionary<string, string> { ["jkt"] = _key.Thumbprint },
        });
        var routes = _platform.Gateway.Services.GetServices<Microsoft.AspNetCore.Routing.EndpointDataSource>().SelectMany(source => source.Endpoints)
            .OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<Kakehashi.Gateway.Doors.Door>() == Kakehashi.Gateway.Doors.Door.Front && route.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .Select(route => route.RoutePattern.RawText!.Replace("{**path}", "x", StringComparison.Ordinal)).ToList();
        Assert.True(routes.Count >= 4, string.Join(' ', routes));
        foreach (var route in routes)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/{route.TrimStart('/')}") { Headers = { Authorization = new("Bearer", node) } };
            await RefusedAsync(await _platform.Front.SendAsync(request, Ct), "token.proof-needed", "invalid_token");
        }
    }

    private static string Public(string path) => $"http://localhost:4711{path}";

    private static string Challenge(HttpResponseMessage answer) => answer.Headers.WwwAuthenticate.ToString();

    private static async Task RefusedAsync(HttpResponseMessage answer, string code, string error)
    {
        Assert.Equal($"DPoP error=\"{error}\", algs=\"ES256\"", Challenge(answer));
        await Expect.ProblemAsync(answer, 401, code);
    }

    private string Bound(Dictionary<string, object?>? claims = null)
    {
        claims ??= [];
        claims["cnf"] = new Dictionary<string, string> { ["jkt"] = _key.Thumbprint };
        return _platform.Issuer.Token("ito", Audiences.Platform, [Roles.Researcher], claims: claims);
    }

    private Task<HttpResponseMessage> SendAsync(string scheme, string token, string? proof, string path = Path, HttpClient? front = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Headers = { Authorization = new(scheme, token) } };
        if (proof is not null)
        {
            request.Headers.Add("DPoP", proof);
        }

        return (front ?? _platform.Front).SendAsync(request, Ct);
    }
}
