using Dapper;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>How else an account can be opened. The last way in is never taken away.</summary>
public static class WaysIn
{
    /// <summary>Of two removals at once the second waits, then sees what the first left.</summary>
    public static Task LockAsync(NpgsqlTransaction transaction, string accountId, CancellationToken ct) => transaction.Connection!.ExecuteAsync(new(
        "SELECT 1 FROM account WHERE account_id = @accountId FOR UPDATE", new { accountId }, transaction, cancellationToken: ct));

    /// <summary>Whether the account can be opened here, without an institution.</summary>
    public static Task<bool> IsLocalAsync(NpgsqlTransaction transaction, string accountId, CancellationToken ct) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(new(
            "SELECT EXISTS (SELECT FROM account WHERE account_id = @accountId AND source <> 'institution')",
            new { accountId },
            transaction,
            cancellationToken: ct));
}
