using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

internal static class LocalPasswords
{
    /// <summary>Null when the two texts make a good password; otherwise the code of what is wrong.</summary>
    public static string? WhyNot(string? password, string? again, string accountId) =>
        password != again ? "password.differs" : PasswordRules.WhyNot(password ?? "", accountId);

    /// <summary>The person's own new password, with the event.</summary>
    public static async Task ChangeAsync(
        NpgsqlTransaction transaction, string accountId, string password, DateTimeOffset now, CancellationToken ct)
    {
        await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO local_password (account_id, password_hash, changed_at) VALUES (@accountId, @hash, @now)
            ON CONFLICT (account_id) DO UPDATE SET (password_hash, changed_at) = (EXCLUDED.password_hash, EXCLUDED.changed_at)
            """,
            new { accountId, hash = PasswordRules.Hash(password), now },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(transaction, new(now, accountId, "password.changed", accountId), ct);
    }
}
