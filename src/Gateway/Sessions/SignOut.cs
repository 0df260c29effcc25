using Kakehashi.Gateway.Doors;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Sessions;

/// <summary>
/// A person signs out. The session here is over at once; the page then goes to the address in the answer, so that it is over at
/// the issuer too, and with it in every other program the person was signed in to there.
/// </summary>
public static class SignOut
{
    public sealed record Response(string EndSessionUrl);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/session/sign-out", HandleAsync)
        .WithName(nameof(SignOut))
        .WithMetadata(Door.Front)
        .AllowAnonymous();

    internal static async Task<IResult> HandleAsync(
        HttpContext context, BrowserSessions sessions, SignInIssuer issuer, IOptions<GatewayOptions> options, ILogger<BrowserSession> logger, CancellationToken ct)
    {
        if (!SessionDoor.IsFromOwnPage(context.Request, options.Value.Origin))
        {
            return SessionProblems.CrossSiteAnswer();
        }

        var secret = SessionCookies.Find(context.Request, SessionCookies.Session);
        var session = secret is null ? null : await sessions.FindAsync(secret, ct);
        if (secret is not null)
        {
            await sessions.EndAsync(secret, ct);
        }

        SessionCookies.Forget(context, SessionCookies.Session);
        Log.SessionsEnded(logger, session is null ? 0 : 1, "sign-out");
        return TypedResults.Ok(new Response(await EndAtIssuerAsync(session?.Tokens, issuer, options.Value, logger)));
    }

    private static async Task<string> EndAtIssuerAsync(SessionTokens? tokens, SignInIssuer issuer, GatewayOptions options, ILogger logger)
    {
        try
        {
            if (tokens is not null)
            {
                await issuer.EndAsync(tokens.IdToken);
            }

            return await issuer.EndAddressAsync();
        }
        catch (TokenRequestException fault)
        {
            Log.SignInFailed(logger, fault);
            return $"{options.Origin}/"; // signed out here at least; the issuer's session ends by itself
        }
    }
}
