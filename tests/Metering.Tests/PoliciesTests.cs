using System.Net;
using System.Net.Http.Json;
using Kakehashi.Contracts;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kakehashi.Metering.Tests;

public sealed class PoliciesTests(MeteringService service) : IClassFixture<MeteringService>
{
    private static readonly string[] AllRoles =
    [
        Roles.Researcher, Roles.Steward, Roles.Auditor, Roles.Participant, Roles.Operator, Roles.Node, Roles.Catalog, Roles.Consent,
        Roles.IdBroker, Roles.DacChair, Roles.Representative,
    ];

    private static readonly (HttpMethod Method, string Path, string Role)[] Routes =
    [
        (HttpMethod.Post, "/batches", Roles.Node),
        (HttpMethod.Get, "/batches/node:bbj/next", Roles.Node),
        (HttpMethod.Get, "/events", Roles.Auditor),
        (HttpMethod.Get, "/producers", Roles.Auditor),
    ];

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public void Every_route_names_its_policy_or_is_listed_here_as_public()
    {
        var routes = service.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();

        var open = routes.Where(route => route.Metadata.GetOrderedMetadata<IAuthorizeData>().All(data => data.Policy is null));

        Assert.Equal(["/health"], open.Select(route => route.RoutePattern.RawText));
        Assert.Equal(Routes.Length + 1, routes.Count);
    }

    [Fact]
    public async Task Each_route_is_for_one_role_and_closed_to_every_other_and_to_nobody()
    {
        foreach (var (method, path, role) in Routes)
        {
            foreach (var other in AllRoles.Except([role]))
            {
                Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(service.Client(other, "node:bbj"), method, path));
            }

            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service.ClientWith(token: null), method, path));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service.ClientWith(token: "a.b.c"), method, path));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(service.Client(role, "node:bbj"), method, path));
        }
    }

    private async Task<HttpStatusCode> StatusAsync(HttpClient client, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = method == HttpMethod.Post ? JsonContent.Create(new LedgerBatch("node:bbj", 0, [_leaf])) : null,
        };
        return (await client.SendAsync(request, _ct)).StatusCode;
    }

    private readonly byte[] _leaf = Usage.Leaf("bbj");
}
