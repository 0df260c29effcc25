using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Kakehashi.IdBroker.SignIn.Pages;

/// <summary>Where the pages live, and what may be sent from them only.</summary>
public static class OwnPages
{
    public static string Issuer(IServiceProvider services) => services.GetRequiredService<IOptions<IdBrokerOptions>>().Value.Issuer;

    /// <summary>Whether a person's browser asks, with its cookie; a program asks with a token in the header.</summary>
    public static bool IsBrowser(HttpRequest request) => !request.Headers.ContainsKey(HeaderNames.Authorization);

    /// <summary>An unsafe call that a cookie may let in must come from our own pages; one with a token may come from anywhere.</summary>
    public static TBuilder RequireOwnPage<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.AddEndpointFilter(async (context, next) =>
            !IsBrowser(context.HttpContext.Request)
            || SameOrigin.IsOwn(context.HttpContext.Request, SameOrigin.OriginOf(Issuer(context.HttpContext.RequestServices)))
                ? await next(context)
                : Problems.Forbidden(SameOrigin.Code, "This request was made by another site's page.", "Open the page again from the platform's own address."));
}
