using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Pages;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>
/// The authorization endpoint: a client sends a person here to be signed in. Until the client and its address are known to be
/// right, nothing is sent anywhere: the person gets a page.
/// </summary>
public static class Authorize
{
    public const string RequestUriPrefix = "urn:ietf:params:oauth:request_uri:";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/authorize", (HttpContext context, Authorization authorization, CancellationToken ct) =>
                HandleAsync(context, Single(context.Request.Query), authorization, ct))
            .WithName(nameof(Authorize)).AllowAnonymous(); // the person signs in on the way
        routes.MapPost("/authorize", async (HttpContext context, Authorization authorization, CancellationToken ct) =>
                await HandleAsync(context, await ReadFormAsync(context.Request, ct), authorization, ct))
            .AllowAnonymous();
        routes.MapGet("/authorize/resume", ResumeAsync).AllowAnonymous();
    }

    private static async Task<IResult> HandleAsync(
        HttpContext context, Dictionary<string, string>? parameters, Authorization authorization, CancellationToken ct)
    {
        if (parameters is null)
        {
            return authorization.Refuse(context, "authorization.malformed", "A parameter was sent twice.");
        }

        if (await authorization.FindClientAsync(parameters.GetValueOrDefault("client_id"), ct) is not { } client)
        {
            return authorization.Refuse(context, "authorization.unknown-client", "client_id names no registered client.");
        }

        if (parameters.GetValueOrDefault("request_uri") is { } requestUri)
        {
            return await TakeUpAsync(context, client, requestUri, authorization, ct);
        }

        if (!AuthorizationRules.MayRedirect(client, parameters.GetValueOrDefault("redirect_uri")))
        {
            return authorization.Refuse(context, "authorization.wrong-redirect", "redirect_uri is not one that is registered for this client, character for character.");
        }

        return client.RequiresPushed
            ? authorization.SendError(client, parameters, new("invalid_request", "This client must push its request (RFC 9126)."))
            : await authorization.BeginAsync(context, client, parameters, ct);
    }

    private static async Task<IResult> TakeUpAsync(
        HttpContext context, Client client, string requestUri, Authorization authorization, CancellationToken ct)
    {
        var id = requestUri.StartsWith(RequestUriPrefix, StringComparison.Ordinal) ? requestUri[RequestUriPrefix.Length..] : "";
        return await authorization.TakeUpAsync(id, ct) is { } pushed && pushed.ClientId == client.Id
            ? await authorization.ContinueAsync(context, id, pushed, ct)
            : authorization.Refuse(context, "authorization.unknown-request", "request_uri is unknown, used or expired: push the request again.");
    }

    private static async Task<IResult> ResumeAsync(
        HttpContext context, string? request, Authorization authorization, AuthorizationRequests requests, IOptions<IdBrokerOptions> options, CancellationToken ct)
    {
        if (request is null || await requests.FindAsync(request, ct) is not { } pending)
        {
            return authorization.Refuse(context, "authorization.unknown-request", "The request is unknown, answered or expired.");
        }

        return pending[PendingRequest.PageParameter] is { } page
            ? TypedResults.Redirect(Page.PathOf(options.Value.Issuer) + page)
            : await authorization.ContinueAsync(context, request, pending, ct);
    }

    private static async Task<Dictionary<string, string>?> ReadFormAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType)
        {
            return null;
        }

        try
        {
            return Single(await request.ReadFormAsync(ct));
        }
        catch (InvalidDataException)
        {
            return null; // too many parameters, or a broken encoding
        }
    }

    /// <summary>Null when a parameter comes twice (RFC 6749 section 3.1); an empty one counts as absent.</summary>
    private static Dictionary<string, string>? Single(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> parameters)
    {
        var single = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in parameters)
        {
            if (values.Count > 1)
            {
                return null;
            }

            if (values.ToString() is { Length: > 0 } value)
            {
                single[name] = value;
            }
        }

        return single;
    }
}
