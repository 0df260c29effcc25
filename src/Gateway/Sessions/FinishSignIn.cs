using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kakehashi.Contracts;
using Kakehashi.Gateway.Doors;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Sessions;

/// <summary>
/// The issuer sends a person back. Only the browser that was sent there, with that request's answer, gets a session; what went
/// wrong is shown and not tried again by itself.
/// </summary>
public static class FinishSignIn
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet(SignInIssuer.CallbackPath, HandleAsync)
        .WithName(nameof(FinishSignIn))
        .WithMetadata(Door.Front)
        .AllowAnonymous();

    internal static async Task<IResult> HandleAsync(
        HttpContext context, SignInIssuer issuer, SignInFlows flows, BrowserSessions sessions,
        IOptions<GatewayOptions> options, TimeProvider clock, ILogger<SignInFlow> logger, CancellationToken ct)
    {
        var answer = context.Request.Query;
        var secret = SessionCookies.Find(context.Request, SessionCookies.Flow);
        SessionCookies.Forget(context, SessionCookies.Flow);
        if (secret is null || !IsSame(answer["state"], secret.Derive("state")) || await flows.TakeAsync(secret, ct) is not { } flow)
        {
            return new SignInPage(SignInPage.Stale, "/"); // not begun here, too long ago, or finished before
        }

        var isFromIssuer = issuer.IsFrom(answer["iss"]);
        if (!isFromIssuer || answer["error"].Count > 0 || answer["code"] is not [{ Length: > 0 } code])
        {
            Log.SignInRefused(logger);
            return new SignInPage(isFromIssuer && answer["error"] == "access_denied" ? SignInPage.Declined : SignInPage.Failed, flow.ReturnPath);
        }

        try
        {
            var issued = await issuer.RedeemAsync(secret, code, ct);
            if (flow.StepUp && issued.Claims.Text(TokenClaims.Acr) != Assurance.Mfa)
            {
                return new SignInPage(SignInPage.NotEnough, flow.ReturnPath);
            }

            var name = await issuer.NameOfAsync(issued);
            await StartAsync(context, issued, name, sessions, clock.GetUtcNow(), ct);
            Log.SessionStarted(logger);
            return TypedResults.Redirect(ReturnPaths.AddressOf(options.Value.Origin, flow.ReturnPath));
        }
        catch (TokenRequestException fault)
        {
            Log.SignInFailed(logger, fault);
            return new SignInPage(fault.Error == TokenRequestException.Unreachable ? SignInPage.Away : SignInPage.Failed, flow.ReturnPath);
        }
    }

    /// <summary>A new cookie at every sign-in: one that somebody planted before is worth nothing after.</summary>
    private static async Task StartAsync(
        HttpContext context, IssuedTokens issued, string? name, BrowserSessions sessions, DateTimeOffset now, CancellationToken ct)
    {
        var former = SessionCookies.Find(context.Request, SessionCookies.Session);
        var before = former is null ? null : await sessions.FindAsync(former, ct);
        var secret = CookieSecret.Create();
        var session = new BrowserSession(
            issued.Account,
            issued.BrokerSession!,
            new(issued.AccessToken, issued.RefreshToken, issued.IdToken, name),
            issued.ExpiresAt,
            StartOf(issued, before, now),
            now);
        await sessions.StartAsync(secret, session, former, ct);
        SessionCookies.Set(context, SessionCookies.Session, secret);
    }

    /// <summary>Eight hours count from when the person signed in at the issuer; to sign in again for a step-up does not prolong them.</summary>
    private static DateTimeOffset StartOf(IssuedTokens issued, BrowserSession? before, DateTimeOffset now) =>
        before?.BrokerSession == issued.BrokerSession ? before!.StartedAt
        : issued.Claims.TryGetProperty(TokenClaims.AuthTime, out var at) && at.TryGetInt64(out var seconds) && seconds <= now.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : now;

    private static bool IsSame(string? shown, string expected) =>
        shown is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.ASCII.GetBytes(expected));
}
