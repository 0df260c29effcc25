using System.Text.Json;
using Dapper;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// A person signs in with a passkey that verified them, which is two factors in one. Whoever belongs to an institution shows
/// it after the institution's own sign-in: only that says that they are still there.
/// </summary>
public static class SignInWithPasskey
{
    public sealed record Request(string Question, JsonElement Credential);

    public sealed record Response(string Location);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/passkeys/sign-in", HandleAsync)
        .WithName(nameof(SignInWithPasskey))
        .RequireSameOrigin(OwnPages.Issuer)
        .AllowAnonymous(); // the person proves themselves inside

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request, HttpContext context, IPasskeyHandler<Account> passkeys, PasskeyQuestions questions, StartedSignIns started,
        SignInSessions sessions, SignInSteps steps, NpgsqlDataSource database, TimeProvider clock, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        if (await questions.TakeAsync(PasskeyQuestions.SignIn, request.Question, ct) is not { } state)
        {
            return await RefuseAsync(connection, clock, null, "passkey.answered-before", ct);
        }

        var shown = await passkeys.PerformAssertionAsync(
            new() { HttpContext = context, CredentialJson = request.Credential.GetRawText(), AssertionState = state });
        if (!shown.Succeeded)
        {
            PasskeyFaults.ThrowIfBroken(shown.Failure);
            return await RefuseAsync(connection, clock, null, "passkey.refused", ct);
        }

        var (account, passkey) = (shown.User, shown.Passkey);
        var half = await started.FindAsync(context, ct);
        half = half?.AccountId == account.AccountId ? half : null;
        var current = await sessions.FindAsync(context, ct);
        var institution = half?.Institution ?? (current?.AccountId == account.AccountId ? current.Institution : null);
        if (account.IsOfInstitution && institution is null)
        {
            return await RefuseAsync(connection, clock, account.AccountId, "passkey.institution-first", ct);
        }

        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await UseAsync(transaction, passkey, clock.GetUtcNow(), ct))
        {
            await transaction.RollbackAsync(ct);
            return await RefuseAsync(connection, clock, account.AccountId, "passkey.replayed", ct);
        }

        if (half is not null)
        {
            await StartedSignIns.EndAsync(context, transaction, half, ct);
        }

        var proof = SignInRules.Both(half?.Amr ?? [], SignInRules.Passkey(passkey.IsBackupEligible), institution);
        var next = await steps.FinishAsync(context, transaction, account, proof, SignInGoal.Of(context.Request), ct);
        await transaction.CommitAsync(ct);
        return TypedResults.Ok(new Response(next));
    }

    /// <summary>False when a later answer of this passkey was counted already. A passkey that keeps no count stays at 0.</summary>
    private static async Task<bool> UseAsync(NpgsqlTransaction transaction, UserPasskeyInfo passkey, DateTimeOffset now, CancellationToken ct) =>
        await transaction.Connection!.ExecuteAsync(new(
            """
            UPDATE passkey SET sign_count = @count, backed_up = @IsBackedUp, last_used_at = @now
            WHERE credential_id = @CredentialId AND (sign_count < @count OR (sign_count = 0 AND @count = 0))
            """,
            new { count = (long)passkey.SignCount, passkey.IsBackedUp, now, passkey.CredentialId },
            transaction,
            cancellationToken: ct)) == 1;

    private static async Task<ProblemHttpResult> RefuseAsync(
        NpgsqlConnection connection, TimeProvider clock, string? accountId, string code, CancellationToken ct)
    {
        await SignInFailures.RecordAsync(connection, clock.GetUtcNow(), accountId, code, ct);
        return PasskeyFaults.Say(code);
    }
}
