using Dapper;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A passkey as its owner sees it.</summary>
public sealed record Passkey(string Id, string Name, DateTimeOffset AddedAt, DateTimeOffset? LastUsedAt);

/// <summary>What an account can prove besides a password.</summary>
public sealed record SecondFactors(DateTimeOffset? AuthenticatorSince, IReadOnlyList<Passkey> Passkeys)
{
    public int Count => Passkeys.Count + (AuthenticatorSince is null ? 0 : 1);

    public bool Any => Count > 0;

    public static async Task<SecondFactors> FindAsync(
        NpgsqlConnection connection, string accountId, CancellationToken ct, NpgsqlTransaction? transaction = null)
    {
        var since = await connection.ExecuteScalarAsync<DateTime?>(new(
            "SELECT added_at FROM totp WHERE account_id = @accountId", new { accountId }, transaction, cancellationToken: ct));
        var passkeys = await connection.QueryAsync<(byte[] Id, string Name, DateTime AddedAt, DateTime? LastUsedAt)>(new(
            """
            SELECT credential_id, name, added_at, last_used_at FROM passkey WHERE account_id = @accountId ORDER BY added_at, credential_id
            """,
            new { accountId },
            transaction,
            cancellationToken: ct));
        return new(since, [.. passkeys.Select(key => new Passkey(
            ServiceDefaults.Tokens.StrictBase64Url.Encode(key.Id), key.Name, key.AddedAt, key.LastUsedAt))]);
    }

    /// <summary>Makes changes to an account's factors wait for each other: of two removals at once the second sees the first.</summary>
    public static Task LockAsync(NpgsqlTransaction transaction, string accountId, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(new(
            "SELECT FROM account WHERE account_id = @accountId FOR UPDATE", new { accountId }, transaction, cancellationToken: ct));
}
