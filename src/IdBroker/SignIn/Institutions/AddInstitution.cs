using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// A signed-in person adds an institution as a further way in (form field <c>institution</c>). It takes a sign-in of a moment ago, so that an open
/// browser is not enough to let somebody else in for good.
/// </summary>
public static class AddInstitution
{
    public const string SignInAgain = "session.sign-in-again";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/account/links", HandleAsync)
        .WithName(nameof(AddInstitution))
        .RequireSameOrigin(services => services.GetRequiredService<IOptions<IdBrokerOptions>>().Value.Issuer)
        .AllowAnonymous(); // the session's cookie is the proof

    internal static async Task<IResult> HandleAsync(
        HttpContext context,
        SignInSessions sessions,
        KnownInstitutions institutions,
        Departure departure,
        Refusals refusals,
        IOptions<IdBrokerOptions> options,
        TimeProvider clock,
        CancellationToken ct)
    {
        var slug = context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(ct))["institution"].ToString() : "";
        if (await sessions.FindAsync(context, ct) is not { } session || clock.GetUtcNow() - session.AuthTime > StepUp.MaxAge)
        {
            return AskToSignInAgain(context, options.Value.Issuer);
        }

        return institutions.Find(slug) is { } institution
            ? await departure.SendAsync(context, institution, null, session, new(Fresh: false, TwoFactors: false), ct)
            : refusals.NoSuchInstitution(context);
    }

    /// <summary>For changes of the ways in, which need a sign-in of a moment ago.</summary>
    internal static IResult AskToSignInAgain(HttpContext context, string issuer)
    {
        var language = Language.Of(context.Request);
        return Page.Render<MessagePage>(
            context,
            issuer,
            new()
            {
                ["Text"] = (language.Say("もう一度サインインしてください", "Please sign in again"), language.Say(
                    "サインインの方法を変えるには、直前のサインインが必要です。サインインし直してから、アカウントの画面でもう一度操作してください。",
                    "Changing how you sign in takes a sign-in of a moment ago. Sign in again, then repeat this on your account page.")),
                ["Code"] = SignInAgain,
                ["Link"] = $"{issuer}/sign-in",
                ["LinkText"] = language.Say("サインイン", "Sign in"),
            },
            StatusCodes.Status401Unauthorized);
    }
}
