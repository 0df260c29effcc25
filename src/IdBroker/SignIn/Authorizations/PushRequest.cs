using System.Text.Json.Serialization;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>Pushed authorization requests (RFC 9126): a client leaves its request here, so that the browser carries only a name for it.</summary>
public static class PushRequest
{
    private const int LargestRequestBytes = 64 * 1024;

    public sealed record Response(
        [property: JsonPropertyName("request_uri")] string RequestUri, [property: JsonPropertyName("expires_in")] int ExpiresIn);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/par", HandleAsync)
        .WithName(nameof(PushRequest))
        .WithMetadata(new RequestSizeLimitAttribute(LargestRequestBytes))
        .AllowAnonymous(); // the client proves itself inside

    internal static async Task<IResult> HandleAsync(
        HttpRequest request, ClientAuthentication authentication, AuthorizationRequests requests, ILogger<Response> logger, CancellationToken ct)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        if (await TokenForm.ReadAsync(request, ct) is not { } form)
        {
            return OAuthAnswers.Refuse(OAuthError.InvalidRequest("Send a form, and no parameter twice."), "no-form", logger);
        }

        var (client, unproven) = await authentication.AuthenticateAsync(form, ct);
        if (client is null)
        {
            return OAuthAnswers.Refuse(unproven!, "no-client", logger);
        }

        if (WhyNot(client, form) is { } error)
        {
            return OAuthAnswers.Refuse(error, client.Id, logger);
        }

        var parameters = form.All.Where(parameter => !parameter.Key.StartsWith("client_assertion", StringComparison.Ordinal))
            .ToDictionary(parameter => parameter.Key, parameter => parameter.Value);
        var id = await requests.AddAsync(client.Id, parameters, AuthorizationRequests.PushedLife, ct);
        return TypedResults.Json(
            new Response(Authorize.RequestUriPrefix + id, (int)AuthorizationRequests.PushedLife.TotalSeconds),
            ServiceDefaultsExtensions.Json,
            statusCode: StatusCodes.Status201Created);
    }

    private static OAuthError? WhyNot(Client client, TokenForm form)
    {
        if (form["request_uri"] is not null)
        {
            return OAuthError.InvalidRequest("A pushed request cannot name another one.");
        }

        if (!AuthorizationRules.MayRedirect(client, form["redirect_uri"]))
        {
            return OAuthError.InvalidRequest("redirect_uri is not one that is registered for this client, character for character.");
        }

        AuthorizationRules.Read(client, name => form[name], out var error);
        return error;
    }
}
