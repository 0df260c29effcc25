using Kakehashi.Gateway.Doors;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Sessions;

/// <summary>
/// A call to the API with a session's cookie goes on with the session's access token, as if it had come with one. The browser
/// never sees the token, and services never see the cookie.
/// </summary>
public static class SessionDoor
{
    /// <summary>Only script of our own pages can send it along: other sites' pages would have to ask first, and get no answer.</summary>
    public const string OwnPageHeader = "X-Kakehashi-CSRF";

    public static async Task TakeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments("/api") && SessionCookies.IsPresent(request, SessionCookies.Session)
            && await WhyNotAsync(context) is { } refusal)
        {
            context.Features.Set(refusal);
            request.Headers.Remove("Authorization");
        }

        SessionCookies.KeepFromServices(request);
        await next(context);
    }

    /// <summary>Whether a page of ours made the request, by script.</summary>
    public static bool IsFromOwnPage(HttpRequest request, string origin) =>
        SameOrigin.IsOwn(request, origin) && request.Headers[OwnPageHeader] is ["1"];

    private static async Task<Refusal?> WhyNotAsync(HttpContext context)
    {
        var (request, services) = (context.Request, context.RequestServices);
        if (request.Headers.Authorization.Count > 0)
        {
            return SessionProblems.TwoIdentities();
        }

        if (!IsSafe(request) && !IsFromOwnPage(request, services.GetRequiredService<IOptions<GatewayOptions>>().Value.Origin))
        {
            return SessionProblems.CrossSite();
        }

        try
        {
            return await TokenOfAsync(request, services, context.RequestAborted) is { } token ? Attach(token) : SessionProblems.Ended();
        }
        catch (TokenRequestException fault)
        {
            Log.RenewalFailed(services.GetRequiredService<ILogger<BrowserSession>>(), fault);
            return SessionProblems.IssuerAway();
        }

        Refusal? Attach(string token)
        {
            request.Headers.Authorization = $"{TokenAuthentication.Scheme} {token}";
            return null;
        }
    }

    private static async Task<string?> TokenOfAsync(HttpRequest request, IServiceProvider services, CancellationToken ct)
    {
        var sessions = services.GetRequiredService<BrowserSessions>();
        if (SessionCookies.Find(request, SessionCookies.Session) is not { } secret || await sessions.FindAsync(secret, ct) is not { } session)
        {
            return null;
        }

        var token = await services.GetRequiredService<TokenRenewal>().TokenOfAsync(secret, session, ct);
        if (token is not null)
        {
            await sessions.NoteAsync(secret, session, ct);
        }

        return token;
    }

    /// <summary>What changes nothing. A WebSocket is opened with a GET, but what follows may do anything.</summary>
    private static bool IsSafe(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        && !request.HttpContext.WebSockets.IsWebSocketRequest;
}
