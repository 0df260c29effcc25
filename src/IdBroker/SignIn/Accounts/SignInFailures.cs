using Kakehashi.IdBroker.SignIn.Events;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A proof that was refused, for auditors and for the account's owner. What was typed is never kept: it may be a password.</summary>
internal static class SignInFailures
{
    /// <param name="accountId">Null when there is no such account.</param>
    public static async Task RecordAsync(NpgsqlConnection connection, DateTimeOffset now, string? accountId, string reason, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await AccessEvents.AppendAsync(
            transaction, new(now, AccessEvents.Anonymous, "sign-in.failed", accountId ?? AccessEvents.Anonymous) { Reason = reason }, ct);
        await transaction.CommitAsync(ct);
    }
}
