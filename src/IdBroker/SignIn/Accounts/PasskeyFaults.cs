using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

internal static class PasskeyFaults
{
    /// <summary>The handler turns every exception into a refusal; a database that is down is not a wrong passkey.</summary>
    public static void ThrowIfBroken(PasskeyException? failure)
    {
        if (failure?.InnerException is NpgsqlException or IOException or TimeoutException)
        {
            throw new InvalidOperationException("The passkey could not be looked up.", failure);
        }
    }

    /// <summary>The sign-in that let the person add a passkey was too long ago.</summary>
    public static ProblemHttpResult SignInFirst() =>
        Problems.Forbidden("passkey.sign-in-first", "Sign in again before you add a passkey.", "The sign-in counts for ten minutes here.");

    public static ProblemHttpResult Say(string code) => Problems.BadRequest(code, code switch
    {
        "passkey.answered-before" => "This question was answered before, or too late. Start again.",
        "passkey.institution-first" => "This account signs in through its institution; the passkey comes second.",
        "passkey.replayed" => "This passkey has been used since. Start again.",
        _ => "The passkey could not be checked.",
    });
}
