using Kakehashi.Contracts;
using Kakehashi.Gateway.Tunnels;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Net.Http.Headers;

namespace Kakehashi.Gateway;

/// <summary>Who may pass where. Services and nodes decide again: the Gateway only turns away what cannot be right.</summary>
public static class Policies
{
    /// <summary>Any account or client with a good access token for the platform.</summary>
    public const string Platform = "platform";

    /// <summary>A node acting for itself.</summary>
    public const string Node = "node";

    /// <summary>Some bearer token, not looked at here: it is for the node, which alone can judge it.</summary>
    public const string BearerOfAny = "bearer";

    public static void AddPolicies(this WebApplicationBuilder builder) => builder.Services.AddAuthorizationBuilder()
        .AddPolicy(Platform, policy => policy.RequireAuthenticatedUser())
        .AddPolicy(Node, policy => policy
            .RequireClaim(TokenClaims.Roles, Roles.Node)
            .RequireAssertion(context => TunnelRules.NodeOf(context.User.FindFirst(TokenClaims.ClientId)?.Value) is not null))
        .AddPolicy(BearerOfAny, policy => policy.RequireAssertion(CarriesBearerToken));

    private static bool CarriesBearerToken(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext http
        && http.Request.Headers[HeaderNames.Authorization] is [{ Length: > 7 } only]
        && only.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
}
