using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Sessions;

/// <summary>
/// Lets a person at their own account: in a browser by the sign-in cookie, as <c>Owner</c> also through a program by token.
/// Without either a browser is led to the sign-in page.
/// </summary>
public sealed class SessionAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, SignInSessions sessions, IOptions<IdBrokerOptions> broker)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The cookie, or a token where one is sent.</summary>
    public const string Owner = "Owner";

    public new const string Scheme = "Session";

    public static void Register(AuthenticationBuilder builder) => builder
        .AddScheme<AuthenticationSchemeOptions, SessionAuthentication>(Scheme, null)
        .AddPolicyScheme(Owner, null, owner =>
            owner.ForwardDefaultSelector = context => OwnPages.IsBrowser(context.Request) ? Scheme : TokenAuthentication.Scheme);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (await sessions.FindAsync(Context, Context.RequestAborted) is not { } session)
        {
            return AuthenticateResult.NoResult();
        }

        var identity = new ClaimsIdentity(
            [
                new(TokenClaims.Subject, session.AccountId),
                new(TokenClaims.Session, session.SessionId.ToString("N")),
                new(TokenClaims.Acr, session.Acr),
                new(TokenClaims.AuthTime, session.AuthTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            ],
            Scheme,
            TokenClaims.Subject,
            TokenClaims.Roles);
        return AuthenticateResult.Success(new(new(identity), Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        new SeeOther($"{broker.Value.Issuer}/sign-in").ExecuteAsync(Context);
}
