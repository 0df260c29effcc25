using System.Text.Json;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>What to ask a device for, so that it shows a passkey: any of this site, no user name needed.</summary>
public static class AskPasskey
{
    /// <param name="Options">As <c>navigator.credentials</c> takes them.</param>
    public sealed record Response(string Question, JsonElement Options);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/passkeys/sign-in/options", HandleAsync)
        .WithName(nameof(AskPasskey))
        .RequireSameOrigin(OwnPages.Issuer)
        .AllowAnonymous(); // nobody is signed in yet

    internal static async Task<Ok<Response>> HandleAsync(
        HttpContext context, IPasskeyHandler<Account> passkeys, PasskeyQuestions questions, CancellationToken ct)
    {
        var asked = await passkeys.MakeRequestOptionsAsync(null, context);
        var question = await questions.KeepAsync(PasskeyQuestions.SignIn, asked.AssertionState!, ct);
        return TypedResults.Ok(new Response(question, JsonElement.Parse(asked.RequestOptionsJson)));
    }
}
