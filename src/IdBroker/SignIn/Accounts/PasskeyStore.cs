using Dapper;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// What ASP.NET Core's passkey handler reads from the table <c>passkey</c>. A user's id is here the passkeys' user handle.
/// Nothing is written through it: use cases write passkeys in one transaction with the event.
/// </summary>
public sealed class PasskeyStore(NpgsqlDataSource database) : IUserPasskeyStore<Account>
{
    private const string Columns =
        """
        credential_id AS CredentialId, public_key AS PublicKey, added_at AS AddedAt, sign_count AS SignCount, transports,
        backup_eligible AS IsBackupEligible, backed_up AS IsBackedUp
        """;

    public async Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        userId.Contains('\0', StringComparison.Ordinal) ? null : await FindAccountAsync("user_handle = @key", userId, cancellationToken);

    public Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        FindAccountAsync("credential_id = @key", credentialId, cancellationToken);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(new(
            $"SELECT {Columns} FROM passkey WHERE account_id = @AccountId ORDER BY added_at, credential_id",
            new { user.AccountId },
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToInfo())];
    }

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new(
            $"SELECT {Columns} FROM passkey WHERE account_id = @AccountId AND credential_id = @credentialId",
            new { user.AccountId, credentialId },
            cancellationToken: cancellationToken));
        return row?.ToInfo();
    }

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => throw NotOffered();

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => throw NotOffered();

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) => throw NotOffered();

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) => throw NotOffered();

    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) => throw NotOffered();

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw NotOffered();

    public Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken) => throw NotOffered();

    public Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken) => throw NotOffered();

    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) => throw NotOffered();

    public Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw NotOffered();

    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) => throw NotOffered();

    public void Dispose()
    {
    }

    private async Task<Account?> FindAccountAsync(string where, object key, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var accountId = await connection.ExecuteScalarAsync<string?>(new(
            $"SELECT account_id FROM passkey WHERE {where} LIMIT 1", new { key }, cancellationToken: ct)); // all of a handle are one account's
        return accountId is null ? null : await Account.FindAsync(connection, accountId, ct);
    }

    private static NotSupportedException NotOffered() => new("Accounts are not managed through ASP.NET Core Identity.");

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Row
    {
        public byte[] CredentialId { get; init; } = [];

        public byte[] PublicKey { get; init; } = [];

        public DateTime AddedAt { get; init; }

        public long SignCount { get; init; }

        public string[] Transports { get; init; } = [];

        public bool IsBackupEligible { get; init; }

        public bool IsBackedUp { get; init; }

        public UserPasskeyInfo ToInfo() => new(
            CredentialId, PublicKey, AddedAt, (uint)SignCount, Transports, true, IsBackupEligible, IsBackedUp, [], []);
    }
}
