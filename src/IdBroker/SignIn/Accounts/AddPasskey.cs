using System.Text.Json;
using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A person adds a passkey: from the account's pages, or as the first second factor while signing in.</summary>
public static class AddPasskey
{
    internal const int LongestName = 60;

    /// <param name="Name">How the person will know the passkey again; the browser's name when left out.</param>
    public sealed record Request(string Question, JsonElement Credential, string? Name);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/passkeys/registration", HandleAsync)
        .WithName(nameof(AddPasskey))
        .RequireSameOrigin(OwnPages.Issuer)
        .AllowAnonymous(); // the session, or the started sign-in, is checked inside

    internal static async Task<Results<Ok<SignInWithPasskey.Response>, ProblemHttpResult>> HandleAsync(
        Request request, HttpContext context, Registrants registrants, IPasskeyHandler<Account> passkeys, PasskeyQuestions questions,
        FirstFactors first, NpgsqlDataSource database, TimeProvider clock, CancellationToken ct)
    {
        if (await registrants.FindAsync(context, ct) is not { } registrant)
        {
            return PasskeyFaults.SignInFirst();
        }

        if (await questions.TakeAsync(PasskeyQuestions.Registration, request.Question, ct) is not { } kept
            || JsonSerializer.Deserialize<NewPasskey>(kept) is not { } asked || asked.AccountId != registrant.Account.AccountId)
        {
            return PasskeyFaults.Say("passkey.answered-before");
        }

        var made = await passkeys.PerformAttestationAsync(
            new() { HttpContext = context, CredentialJson = request.Credential.GetRawText(), AttestationState = asked.State });
        if (!made.Succeeded)
        {
            PasskeyFaults.ThrowIfBroken(made.Failure);
            return PasskeyFaults.Say("passkey.refused");
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var name = request.Name?.Trim() is { Length: > 0 and <= LongestName } given && !given.Contains('\0', StringComparison.Ordinal)
            ? given
            : Browsers.NameOf(context.Request);
        if (!await SaveAsync(transaction, registrant.Account.AccountId, made, name, now, ct))
        {
            return PasskeyFaults.Say("passkey.refused"); // it is somebody's already
        }

        if (await first.SignInAsync(
            context, transaction, registrant, SignInRules.Passkey(made.Passkey.IsBackupEligible), SignInGoal.Of(context.Request), ct) is not { } next)
        {
            return PasskeyFaults.SignInFirst();
        }

        await transaction.CommitAsync(ct);
        return TypedResults.Ok(new SignInWithPasskey.Response(next));
    }

    private static async Task<bool> SaveAsync(
        NpgsqlTransaction transaction, string accountId, PasskeyAttestationResult made, string name, DateTimeOffset now, CancellationToken ct)
    {
        var passkey = made.Passkey!;
        var saved = await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO passkey (credential_id, account_id, user_handle, name, public_key, sign_count, transports, backup_eligible, backed_up, added_at)
            VALUES (@CredentialId, @accountId, @handle, @name, @PublicKey, @count, @transports, @IsBackupEligible, @IsBackedUp, @now)
            ON CONFLICT (credential_id) DO NOTHING
            """,
            new
            {
                passkey.CredentialId,
                accountId,
                handle = made.UserEntity!.Id,
                name,
                passkey.PublicKey,
                count = (long)passkey.SignCount,
                transports = passkey.Transports ?? [],
                passkey.IsBackupEligible,
                passkey.IsBackedUp,
                now,
            },
            transaction,
            cancellationToken: ct));
        if (saved == 1)
        {
            await AccessEvents.AppendAsync(transaction, new(now, accountId, "second-factor.added", accountId) { Reason = "passkey" }, ct);
        }

        return saved == 1;
    }
}
