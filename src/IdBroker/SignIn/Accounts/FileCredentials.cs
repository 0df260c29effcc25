using System.Security.Cryptography;
using Dapper;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Events;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// Passwords and authenticator secrets of accounts in the accounts file: demo accounts, and the one for emergencies. They are
/// taken over when the file changes, so a person's own later change outlives a restart.
/// </summary>
internal static class FileCredentials
{
    private const int FewestSecretBytes = 16;

    public static async Task ApplyAsync(
        NpgsqlTransaction transaction, Authenticators authenticators, AccountEntry entry, string accountsFile, DateTimeOffset now, CancellationToken ct)
    {
        if (entry.PasswordHash is { } hash)
        {
            await ApplyPasswordAsync(transaction, entry.Id, hash, now, ct);
        }

        if (entry.TotpSecretFile is { } file)
        {
            await ApplySecretAsync(transaction, authenticators, entry.Id, Path.Combine(Path.GetDirectoryName(accountsFile)!, file), now, ct);
        }
    }

    private static async Task ApplyPasswordAsync(NpgsqlTransaction transaction, string accountId, string hash, DateTimeOffset now, CancellationToken ct)
    {
        if (!PasswordRules.IsHash(hash))
        {
            throw new InvalidOperationException($"The passwordHash of account {accountId} is not in the format of ASP.NET Core Identity (version 3).");
        }

        var changed = await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO local_password (account_id, password_hash, changed_at, from_file) VALUES (@accountId, @hash, @now, @hash)
            ON CONFLICT (account_id) DO UPDATE
            SET (password_hash, changed_at, from_file) = (EXCLUDED.password_hash, EXCLUDED.changed_at, EXCLUDED.from_file)
            WHERE local_password.from_file IS DISTINCT FROM EXCLUDED.from_file
            """,
            new { accountId, hash, now },
            transaction,
            cancellationToken: ct));
        if (changed == 1)
        {
            await AccessEvents.AppendAsync(transaction, new(now, AccessEvents.Producer, "password.changed", accountId), ct);
        }
    }

    private static async Task ApplySecretAsync(
        NpgsqlTransaction transaction, Authenticators authenticators, string accountId, string file, DateTimeOffset now, CancellationToken ct)
    {
        if (!File.Exists(file) || TotpRules.FromBase32((await File.ReadAllTextAsync(file, ct)).Trim()) is not { Length: >= FewestSecretBytes } secret)
        {
            throw new InvalidOperationException(
                $"The totpSecretFile of account {accountId}, {file}, does not hold a base32 secret of {FewestSecretBytes} bytes or more.");
        }

        var fromFile = SHA256.HashData(secret);
        var isKnown = await transaction.Connection!.ExecuteScalarAsync<bool>(new(
            "SELECT EXISTS (SELECT FROM totp WHERE account_id = @accountId AND from_file = @fromFile)",
            new { accountId, fromFile },
            transaction,
            cancellationToken: ct));
        if (!isKnown)
        {
            await authenticators.SaveAsync(transaction, accountId, secret, lastStep: 0, fromFile, ct);
            await AccessEvents.AppendAsync(transaction, new(now, AccessEvents.Producer, "second-factor.added", accountId) { Reason = "totp" }, ct);
        }
    }
}
