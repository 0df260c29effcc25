using Microsoft.Extensions.Primitives;

namespace Kakehashi.Gateway.Sessions;

/// <summary>The two cookies of this door. They are read here alone: no service, however trusted, sees them.</summary>
public static class SessionCookies
{
    public const string Session = "__Host-kakehashi";

    /// <summary>While a person is away signing in.</summary>
    public const string Flow = "__Host-kakehashi-flow";

    public static bool IsPresent(HttpRequest request, string name) => request.Cookies.ContainsKey(name);

    public static CookieSecret? Find(HttpRequest request, string name) => CookieSecret.Read(request.Cookies[name]);

    public static void Set(HttpContext context, string name, CookieSecret secret, TimeSpan? life = null)
    {
        var options = Options();
        options.MaxAge = life;
        context.Response.Cookies.Append(name, secret.Reveal(), options);
    }

    public static void Forget(HttpContext context, string name) => context.Response.Cookies.Delete(name, Options());

    /// <summary>Services of the API get no cookies at all; the IdBroker's pages get all but ours.</summary>
    public static void KeepFromServices(HttpRequest request)
    {
        if (request.Path.StartsWithSegments("/api"))
        {
            request.Headers.Cookie = StringValues.Empty;
        }
        else if (!request.Path.StartsWithSegments("/session") && (IsPresent(request, Session) || IsPresent(request, Flow)))
        {
            var others = request.Headers.Cookie
                .SelectMany(header => header?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
                .Where(cookie => cookie.Split('=')[0].TrimEnd() is not (Session or Flow));
            request.Headers.Cookie = string.Join("; ", others) is { Length: > 0 } kept ? kept : StringValues.Empty;
        }
    }

    // __Host-: Secure, no Domain, Path=/ or the browser refuses it. Lax: it must come along when the IdBroker, or an institution
    // behind it, sends the person back.
    private static CookieOptions Options() => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/" };
}
