using Dapper;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.IdBroker.SignIn.Sessions;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>How an account can be opened, and who may change that. The last way in is never taken away.</summary>
public sealed class WaysIn(SignInSessions sessions, AuthorizationRequests requests, NpgsqlDataSource database, TimeProvider clock)
{
    private const string AccountPage = "/account";

    /// <summary>The session, if it may change the ways in; else where a fresh sign-in leads back to.</summary>
    public async Task<(SignInSession? Session, SignInGoal Goal)> MayChangeAsync(HttpContext context, CancellationToken ct)
    {
        var session = await sessions.FindAsync(context, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        var account = session is null ? null : await Account.FindAsync(connection, session.AccountId, ct);
        var hasSecondFactor = account is not null && (await SecondFactors.FindAsync(connection, account.AccountId, ct)).Any;
        return account is not null && SignInRules.MayChangeFactors(account, hasSecondFactor, session!, clock.GetUtcNow())
            ? (session, new())
            : (null, new(await requests.AddPageAsync(AccountPage, ct), hasSecondFactor || account?.NeedsTwoFactors == true));
    }

    /// <summary>
    /// Whether the account can be opened here, without an institution. Whoever belongs to an institution cannot: only the institution says that they
    /// are still there.
    /// </summary>
    public static Task<bool> IsLocalAsync(NpgsqlTransaction transaction, string accountId, CancellationToken ct) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(new(
            """
            SELECT EXISTS (
                SELECT FROM account
                WHERE account_id = @accountId AND source <> 'institution'
                  AND (EXISTS (SELECT FROM local_password WHERE account_id = @accountId) OR EXISTS (SELECT FROM passkey WHERE account_id = @accountId)))
            """,
            new { accountId },
            transaction,
            cancellationToken: ct));
}
