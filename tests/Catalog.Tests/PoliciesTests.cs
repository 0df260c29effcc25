using System.Net;
using System.Text;
using Kakehashi.Contracts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kakehashi.Catalog.Tests;

public sealed class PoliciesTests(CatalogService service) : IClassFixture<CatalogService>
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["POST /searches"] = [Roles.Researcher],
        ["GET /access"] = [Roles.Researcher],
        ["GET /biobanks"] = [Roles.Researcher, Roles.Steward, Roles.Auditor, Roles.Operator],
        ["GET /variables"] = [Roles.Researcher, Roles.Steward, Roles.Auditor, Roles.Operator],
    };

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public static TheoryData<string, string> RolesAndRoutes()
    {
        var data = new TheoryData<string, string>();
        foreach (var role in (string[])[Roles.Researcher, Roles.Steward, Roles.Auditor, Roles.Participant, Roles.Operator, Roles.Node, Roles.Catalog, Roles.Consent])
        {
            foreach (var route in Allowed.Keys)
            {
                data.Add(role, route);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(RolesAndRoutes))]
    public async Task A_role_passes_where_its_policy_says_and_nowhere_else(string role, string route)
    {
        var answer = await CallAsync(service.Token("somebody", role), route);

        Assert.Equal(!Allowed[route].Contains(role), answer is HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Without_a_token_for_the_platform_nothing_is_answered()
    {
        var nodeToken = service.Issuer.Token("somebody", Audiences.Node("bbj"), [Roles.Researcher]);
        foreach (var route in Allowed.Keys)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(null, route));
            Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(nodeToken, route));
        }
    }

    [Fact]
    public void Every_route_names_its_policy_or_is_listed_here_as_public()
    {
        var routes = service.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();

        var open = routes.Where(r => r.Metadata.GetOrderedMetadata<IAuthorizeData>().All(a => a.Policy is null));

        Assert.Equal(["/health"], open.Select(r => r.RoutePattern.RawText));
        Assert.Equal(Allowed.Count, routes.Count - 1);
    }

    private async Task<HttpStatusCode> CallAsync(string? token, string route)
    {
        using var request = new HttpRequestMessage(new(route.Split(' ')[0]), route.Split(' ')[1]);
        request.Content = request.Method == HttpMethod.Post ? new StringContent("{}", Encoding.UTF8, "application/json") : null;
        using var answer = await service.Client(token).SendAsync(request, _ct);
        return answer.StatusCode;
    }
}
