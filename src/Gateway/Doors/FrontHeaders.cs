using Microsoft.Net.Http.Headers;

namespace Kakehashi.Gateway.Doors;

/// <summary>Headers that every answer at the front carries, and headers that no request may bring.</summary>
public static class FrontHeaders
{
    // What a proxy says about a request. From outside it is hearsay; YARP writes its own X-Forwarded-*.
    private static readonly string[] HearsayPrefixes = ["X-Forwarded-", "X-Original-"];
    private static readonly string[] Hearsay = ["Forwarded", "X-Real-IP", "X-HTTP-Method-Override"];

    public static void UseFrontHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        if (Door.Of(context) == Door.Front)
        {
            context.Response.OnStarting(Write, context);
        }

        return next(context);
    });

    public static void UseForwardedHeadersOfOurOwn(this WebApplication app) => app.Use((context, next) =>
    {
        var headers = context.Request.Headers;
        foreach (var name in headers.Keys.Where(IsHearsay).ToList())
        {
            headers.Remove(name);
        }

        return next(context);
    });

    private static bool IsHearsay(string name) =>
        Hearsay.Contains(name, StringComparer.OrdinalIgnoreCase)
        || HearsayPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static Task Write(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.Remove(HeaderNames.Server);
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        // A service with pages of its own says what they need; data needs nothing.
        headers.TryAdd(HeaderNames.ContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
        if (context.Request.Path.StartsWithSegments("/api"))
        {
            headers.CacheControl = "no-store";
        }
        else
        {
            headers.TryAdd(HeaderNames.CacheControl, "no-store");
        }

        return Task.CompletedTask;
    }
}
