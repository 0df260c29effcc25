using System.Text.Json;
using Dapper;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>What to ask a device for, so that it makes a passkey for this account.</summary>
public static class AskNewPasskey
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/passkeys/registration/options", HandleAsync)
        .WithName(nameof(AskNewPasskey))
        .RequireSameOrigin(OwnPages.Issuer)
        .AllowAnonymous(); // the session, or the started sign-in, is checked inside

    internal static async Task<Results<Ok<AskPasskey.Response>, ProblemHttpResult>> HandleAsync(
        HttpContext context, Registrants registrants, IPasskeyHandler<Account> passkeys, PasskeyQuestions questions,
        NpgsqlDataSource database, CancellationToken ct)
    {
        if (await registrants.FindAsync(context, ct) is not { Account: var account })
        {
            return PasskeyFaults.SignInFirst();
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
}

/// <summary>What is kept while a device makes a passkey: for whom, and what the handler needs to check it.</summary>
internal sealed record NewPasskey(string AccountId, string State);
