using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Authorizations;
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
    private static readonly string[] Scopes = ["openid", "profile", AuthorizationRules.PassportScope];
    private static readonly string[] Code = ["code"];
    private static readonly string[] Query = ["query"];
    private static readonly string[] S256 = ["S256"];
    private static readonly string[] Public = ["public"];
    private static readonly string[] Acrs = [Assurance.Sfa, Assurance.Mfa];
    private static readonly string[] Claims = ["sub", "name", "org", "orcid", "roles", "acr", "amr", "auth_time", "sid"];

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
            ["authorization_endpoint"] = $"{issuer}/authorize",
            ["pushed_authorization_request_endpoint"] = $"{issuer}/par",
            ["device_authorization_endpoint"] = $"{issuer}/device_authorization",
            ["userinfo_endpoint"] = $"{issuer}/userinfo",
            ["introspection_endpoint"] = $"{issuer}/introspect",
            ["revocation_endpoint"] = $"{issuer}/revoke",
            ["end_session_endpoint"] = $"{issuer}/end_session",
            ["scopes_supported"] = Scopes,
            ["response_types_supported"] = Code,
            ["response_modes_supported"] = Query,
            ["prompt_values_supported"] = AuthorizationRules.Prompts,
            ["code_challenge_methods_supported"] = S256,
            ["subject_types_supported"] = Public,
            ["id_token_signing_alg_values_supported"] = DpopProofs.Algorithms,
            ["dpop_signing_alg_values_supported"] = DpopProofs.Algorithms,
            ["acr_values_supported"] = Acrs,
            ["claims_supported"] = Claims,
            ["claims_parameter_supported"] = false,
            ["request_parameter_supported"] = false,
            ["request_uri_parameter_supported"] = false,
            ["authorization_response_iss_parameter_supported"] = true,
            ["backchannel_logout_supported"] = true,
            ["backchannel_logout_session_supported"] = true,
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
