using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Institutions;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// A person gives user name and password. Whether the account exists shows neither in the answer nor in the work done for it.
/// </summary>
public static class SignInWithPassword
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/sign-in", HandleAsync)
        .WithName(nameof(SignInWithPassword))
        .RequireSameOrigin(OwnPages.Issuer)
        .AllowAnonymous(); // the person proves themselves inside

    internal static async Task<IResult> HandleAsync(
        HttpContext context, Guesses guesses, SignInSteps steps, KnownInstitutions institutions, NpgsqlDataSource database, IOptions<IdBrokerOptions> options,
        TimeProvider clock, CancellationToken ct)
    {
        var issuer = options.Value.Issuer;
        var form = await TokenForm.ReadAsync(context.Request, ct);
        var (name, password) = (AccountIds.Read(form?["username"]), form?["password"] ?? "");
        var guess = await guesses.TakeAsync(context, GuessKind.Password, name, ct);
        if (guess.Wait is { } wait)
        {
            return SlowDown.Say(context, issuer, wait);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var account = await Account.FindAsync(connection, name, ct);
        var hash = await connection.ExecuteScalarAsync<string?>(new(
            "SELECT password_hash FROM local_password WHERE account_id = @name", new { name }, cancellationToken: ct));
        var result = PasswordRules.Verify(account is null ? null : hash, password);
        if (account is null || result == PasswordVerificationResult.Failed)
        {
            await SignInFailures.RecordAsync(connection, clock.GetUtcNow(), account?.AccountId, "password.wrong", ct);
            return ShowSignIn.Render(context, institutions, issuer, name, "password.wrong");
        }

        await using var transaction = await connection.BeginTransactionAsync(ct);
        await Guesses.GiveBackAsync(transaction, guess, ct);
        if (result == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await connection.ExecuteAsync(new(
                "UPDATE local_password SET password_hash = @better WHERE account_id = @name AND password_hash = @hash",
                new { better = PasswordRules.Hash(password), name, hash },
                transaction,
                cancellationToken: ct));
        }

        var next = await steps.GoOnAsync(
            context, transaction, account, new(Assurance.Sfa, SignInRules.Password), SignInGoal.Of(context.Request), ct);
        await transaction.CommitAsync(ct);
        return new SeeOther(next);
    }
}
