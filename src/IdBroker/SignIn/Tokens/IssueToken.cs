using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>The token endpoint: a proven client gets what its registration allows, or an OAuth error that says what is wrong.</summary>
public static class IssueToken
{
    private const int LargestRequestBytes = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/token", HandleAsync)
        .WithName(nameof(IssueToken))
        .WithMetadata(new RequestSizeLimitAttribute(LargestRequestBytes))
        .AllowAnonymous(); // the client proves itself inside

    internal static async Task<IResult> HandleAsync(
        HttpRequest request,
        ClientAuthentication authentication,
        ClientRegistry clients,
        AccessTokens tokens,
        TokenVerifier verifier,
        NpgsqlDataSource database,
        TimeProvider clock,
        ILogger<TokenAnswer> logger,
        CancellationToken ct)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        if (await TokenForm.ReadAsync(request, ct) is not { } form || form["grant_type"] is not { } grant)
        {
            return Refuse(OAuthError.InvalidRequest("Send a form with grant_type, and no parameter twice."), "no-form", logger);
        }

        if (Grants.WordFor(grant) is not { } word)
        {
            return Refuse(new("unsupported_grant_type", "See grant_types_supported in the discovery document."), "no-grant", logger);
        }

        var (client, unproven) = await authentication.AuthenticateAsync(form, ct);
        if (client is null)
        {
            return Refuse(unproven!, "no-client", logger);
        }

        if (!client.Grants.Contains(word))
        {
            return Refuse(new("unauthorized_client", "This client is not registered for this grant type."), client.Id, logger);
        }

        var (answer, error) = grant switch
        {
            Grants.ClientCredentials => ClientCredentials.Grant(form, client, clients, tokens),
            Grants.TokenExchange => await ExchangeToken.GrantAsync(form, client, clients, verifier, tokens, ct),
            _ => await DemoAccountToken.GrantAsync(form, client, authentication, database, tokens, clock, ct),
        };
        if (answer is null)
        {
            return Refuse(error!, client.Id, logger);
        }

        Log.TokenIssued(logger, client.Id, word, answer.Audience);
        return TypedResults.Json(answer, ServiceDefaultsExtensions.Json);
    }

    private static JsonHttpResult<OAuthError> Refuse(OAuthError error, string reason, ILogger logger)
    {
        Log.TokenRefused(logger, error.Error, reason);
        return TypedResults.Json(error, ServiceDefaultsExtensions.Json, statusCode: error.Status);
    }
}
