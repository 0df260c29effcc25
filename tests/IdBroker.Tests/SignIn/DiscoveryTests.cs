using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class DiscoveryTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task Every_endpoint_lies_under_the_issuer(string path)
    {
        var document = JsonElement.Parse(await broker.Http.GetByteArrayAsync(path, Ct));

        Assert.Equal(
            (broker.Issuer, $"{broker.Issuer}/jwks", $"{broker.Issuer}/token"),
            (document.Text("issuer"), document.Text("jwks_uri"), document.Text("token_endpoint")));
    }

    [Fact]
    public async Task The_key_set_holds_public_halves_only()
    {
        var key = JsonElement.Parse(await broker.Http.GetByteArrayAsync("/jwks", Ct)).GetProperty("keys")[0];

        Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], key.EnumerateObject().Select(member => member.Name).Order());
    }

    [Fact]
    public void Every_route_names_its_policy_or_is_listed_here_as_public()
    {
        var routes = broker.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

        var open = routes.Where(route => route.Metadata.GetOrderedMetadata<IAuthorizeData>().All(data => data.Policy is null));

        Assert.Equal(
            [
                "/.well-known/oauth-authorization-server",
                "/.well-known/openid-configuration",
                "/account/links",
                "/account/links/{linkId:guid}/end",
                "/agreement",
                "/authorize",
                "/authorize/resume",
                "/device",
                "/device_authorization",
                "/end_session",
                "/enrol",
                "/enrol/factors",
                "/health",
                "/institutions/arrival",
                "/institutions/arrival/revetted",
                "/institutions/arrival/revetting",
                "/institutions/{slug}/callback",
                "/institutions/{slug}/start",
                "/introspect",
                "/jwks",
                "/pages/{name}",
                "/par",
                "/passkeys/registration",
                "/passkeys/registration/options",
                "/passkeys/sign-in",
                "/passkeys/sign-in/options",
                "/revoke",
                "/sign-in",
                "/sign-in/second",
                "/terms",
                "/token",
                "/userinfo",
            ],
            open.Select(route => route.RoutePattern.RawText!).Distinct().Order(StringComparer.Ordinal));
    }
}
