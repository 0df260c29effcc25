using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>What to ask a device for, so that it makes a passkey for this account.</summary>
public static class AskNewPasskey
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/passkeys/registration/options", HandleAsync)
        .WithName(nameof(AskNewPasskey))
        .RequireSameOrigin(OwnPages.PublicUrl)
        .AllowAnonymous(); // the session, or the started sign-in, is checked inside

    internal static async Task<Results<Ok<AskPasskey.Response>, JsonHttpResult<SignInWithPasskey.Response>>> HandleAsync(
        HttpContext context, Registrants registrants, IPasskeyHandler<Account> passkeys, PasskeyQuestions questions,
        NpgsqlDataSource database, IOptions<IdBrokerOptions> options, CancellationToken ct)
    {
        if (await registrants.FindAsync(context, ct) is not { Account: var account })
        {
            return ToSignIn(options.Value.Issuer);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var handle = await connection.ExecuteScalarAsync<string?>(new(
            "SELECT min(user_handle) FROM passkey WHERE account_id = @AccountId", account, cancellationToken: ct));
        var asked = await passkeys.MakeCreationOptionsAsync(
            new() { Id = handle ?? OpaqueSecret.Create(), Name = account.AccountId, DisplayName = account.DisplayName }, context);
        var state = JsonSerializer.Serialize(new NewPasskey(account.AccountId, asked.AttestationState!));
        var question = await questions.KeepAsync(PasskeyQuestions.Registration, state, ct);
        return TypedResults.Ok(new AskPasskey.Response(question, JsonElement.Parse(asked.CreationOptionsJson)));
    }

    /// <summary>The script goes there: the person proves themselves again, and comes back to this page.</summary>
    internal static JsonHttpResult<SignInWithPasskey.Response> ToSignIn(string issuer) => TypedResults.Json(
        new SignInWithPasskey.Response(issuer + new SignInGoal(Then: "/account/passkey", TwoFactors: true).At("/sign-in")),
        statusCode: StatusCodes.Status401Unauthorized);
}

/// <summary>What is kept while a device makes a passkey: for whom, and what the handler needs to check it.</summary>
internal sealed record NewPasskey(string AccountId, string State);
