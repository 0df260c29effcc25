using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>What a client or service needs to know to work with this issuer (RFC 8414), and its public keys (RFC 7517).</summary>
public static class Discovery
{
    private static readonly string[] AuthenticationMethods = ["private_key_jwt"];
    private static readonly string[] DetailTypes = [UseAuthorization.TypeName];

    public sealed record KeySet(IReadOnlyList<PublicJwk> Keys);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/openid-configuration", Describe).WithName(nameof(Discovery)).AllowAnonymous();
        routes.MapGet("/.well-known/oauth-authorization-server", Describe).AllowAnonymous();
        routes.MapGet("/jwks", Keys).AllowAnonymous();
    }

    private static JsonHttpResult<Dictionary<string, object>> Describe(IOptions<IdBrokerOptions> options)
    {
        var issuer = options.Value.Issuer;
        return TypedResults.Json(new Dictionary<string, object>
        {
            ["issuer"] = issuer,
            ["jwks_uri"] = $"{issuer}/jwks",
            ["token_endpoint"] = $"{issuer}/token",
            ["grant_types_supported"] = Grants.All,
            ["response_types_supported"] = Array.Empty<string>(),
            ["token_endpoint_auth_methods_supported"] = AuthenticationMethods,
            ["token_endpoint_auth_signing_alg_values_supported"] = ClientAuthentication.Algorithms,
            ["authorization_details_types_supported"] = DetailTypes,
        });
    }

    private static JsonHttpResult<KeySet> Keys(KeyRing ring, HttpResponse response)
    {
        response.Headers.CacheControl = "public, max-age=15";
        return TypedResults.Json(new KeySet([.. ring.Published]), JsonSerializerOptions.Web);
    }
}
