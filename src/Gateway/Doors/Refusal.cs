using Kakehashi.Gateway.Sessions;

namespace Kakehashi.Gateway.Doors;

/// <summary>
/// A request that must not pass, found before its caller has been counted. It goes on as nobody's to the rate limits, which
/// count it by its address, and is answered only then: refusals cannot be had more cheaply than answers.
/// </summary>
/// <param name="Challenge">For <c>WWW-Authenticate</c>.</param>
/// <param name="EndsSession">The browser shall forget its session cookie.</param>
public sealed record Refusal(IResult Answer, string? Challenge = null, bool EndsSession = false)
{
    public static void UseRefusals(WebApplication app) => app.Use((context, next) =>
        context.Features.Get<Refusal>() is { } refusal ? refusal.WriteAsync(context) : next(context));

    private Task WriteAsync(HttpContext context)
    {
        if (Challenge is not null)
        {
            context.Response.Headers.WWWAuthenticate = Challenge;
        }

        if (EndsSession)
        {
            SessionCookies.Forget(context, SessionCookies.Session);
        }

        return Answer.ExecuteAsync(context);
    }
}
