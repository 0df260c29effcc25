using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Pages;

/// <summary>Too many guesses: says when the next one is taken, to people and programs alike.</summary>
public static class SlowDown
{
    public const string Code = "sign-in.slowed";

    public static RazorComponentResult Say(HttpContext context, string issuer, TimeSpan wait)
    {
        SetRetryAfter(context, wait);
        var minutes = (int)Math.Ceiling(wait.TotalMinutes);
        return Page.Say(
            context,
            issuer,
            StatusCodes.Status429TooManyRequests,
            Code,
            ("しばらくお待ちください", "Please wait a little"),
            ($"試行回数が多すぎます。{minutes}分後にもう一度お試しください。"
             + "アカウントはロックされていません。以前に使ったブラウザーやパスキーでは、今すぐサインインできます。",
             $"There were too many attempts. Try again in {minutes} {(minutes == 1 ? "minute" : "minutes")}. "
             + "The account is not locked: in a browser you have used before, or with a passkey, you can sign in right now."));
    }

    public static void SetRetryAfter(HttpContext context, TimeSpan wait) =>
        context.Response.Headers.RetryAfter = $"{(int)Math.Ceiling(wait.TotalSeconds)}";
}
