using Kakehashi.IdBroker.SignIn.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Sessions;

internal static class SignedOut
{
    /// <summary>Forgets the cookie and says so.</summary>
    public static RazorComponentResult Say(HttpContext context, string issuer)
    {
        SignInSessions.ForgetCookie(context);
        var language = Language.Of(context.Request);
        return Page.Render<MessagePage>(context, issuer, new()
        {
            [nameof(MessagePage.Text)] = (
                language.Say("サインアウトしました", "You are signed out"),
                language.Say("このページは閉じてかまいません。", "You can close this page.")),
            [nameof(MessagePage.Link)] = $"{Page.PathOf(issuer)}/sign-in",
            [nameof(MessagePage.LinkText)] = language.Say("もう一度サインインする", "Sign in again"),
        });
    }
}
