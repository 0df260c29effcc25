using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Kakehashi.ServiceDefaults;

/// <summary>
/// A call that a cookie lets in must come from our own pages: the browser itself says where a request was made
/// (Sec-Fetch-Site, else Origin), and no foreign page can make it say otherwise. Without either header it is refused.
/// </summary>
public static class SameOrigin
{
    public const string Code = "session.cross-site";

    /// <param name="origin">Scheme, host and port as the browser sees them: <c>https://kakehashi.example</c>.</param>
    public static bool IsOwn(HttpRequest request, string origin) => request.Headers["Sec-Fetch-Site"] switch
    {
        [{ } site] => site == "same-origin",
        [] => request.Headers[HeaderNames.Origin] is [{ } from] && from == origin,
        _ => false,
    };

    /// <summary>Scheme, host and port of an address, as a browser writes an origin.</summary>
    public static string OriginOf(string url) => new Uri(url).GetLeftPart(UriPartial.Authority);

    /// <summary>Refuses requests to this endpoint that were made elsewhere.</summary>
    public static TBuilder RequireSameOrigin<TBuilder>(this TBuilder endpoint, Func<IServiceProvider, string> publicUrl)
        where TBuilder : IEndpointConventionBuilder => endpoint.AddEndpointFilter(async (context, next) =>
            IsOwn(context.HttpContext.Request, OriginOf(publicUrl(context.HttpContext.RequestServices)))
                ? await next(context)
                : Problems.Forbidden(Code, "This request was made by another site's page.", "Open the page again from the platform's own address."));
}
