using Kakehashi.Gateway.Doors;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Gateway.Sessions;

/// <summary>A person wants to sign in, or must again for something that needs it fresh: their browser is sent to the issuer.</summary>
public static class StartSignIn
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/session/sign-in", HandleAsync)
        .WithName(nameof(StartSignIn))
        .WithMetadata(Door.Front)
        .AllowAnonymous();

    internal static async Task<IResult> HandleAsync(
        HttpContext context, SignInIssuer issuer, SignInFlows flows, ILogger<SignInFlow> logger, CancellationToken ct, string @return = "/", bool stepUp = false)
    {
        if (!ReturnPaths.IsOwn(@return))
        {
            return SessionProblems.ForeignReturn();
        }

        var secret = CookieSecret.Create();
        try
        {
            var address = await issuer.BeginAsync(secret, stepUp);
            await flows.AddAsync(secret, new(@return, stepUp), ct);
            SessionCookies.Set(context, SessionCookies.Flow, secret, SessionRules.Patience);
            return TypedResults.Redirect(address);
        }
        catch (TokenRequestException fault)
        {
            Log.SignInFailed(logger, fault);
            return new SignInPage(SignInPage.Away, @return);
        }
    }
}
