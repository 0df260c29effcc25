using System.Security.Cryptography;
using System.Text;
using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A guess that was allowed, or the time to wait.</summary>
public sealed record Guess(IReadOnlyList<GuessBucket> Buckets, TimeSpan? Wait);

/// <summary>
/// Counts guesses at passwords and codes, in the database and so over all instances. A guess is counted before it is looked
/// at, so that many at once do not slip through, and given back when it was right.
/// </summary>
public sealed class Guesses(NpgsqlDataSource database, KnownPlaces places, TimeProvider clock)
{
    private static readonly TimeSpan ToldEvery = TimeSpan.FromHours(1);

    /// <param name="account">The account guessed at, as typed; null when the secret itself says whose it is.</param>
    public async Task<Guess> TakeAsync(HttpContext context, GuessKind kind, string? account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        var buckets = GuessRules.BucketsOf(kind, account, await places.FindAsync(connection, context, account, ct))
            .ToDictionary(bucket => Convert.ToHexString(HashOf(bucket)));
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // In the order of the keys, so that two guesses never wait for each other; the update that changes nothing locks the row.
        var rows = await connection.QueryAsync<(byte[] Key, DateTime FullAt)>(new(
            """
            INSERT INTO guess_bucket (bucket_key, full_at) SELECT key, @now FROM unnest(@keys) AS key ORDER BY key
            ON CONFLICT (bucket_key) DO UPDATE SET full_at = guess_bucket.full_at
            RETURNING bucket_key, full_at
            """,
            new { keys = buckets.Values.Select(HashOf).ToArray(), now },
            transaction,
            cancellationToken: ct));
        var taken = rows
            .Select(row => (row.Key, Result: GuessRules.Take(buckets[Convert.ToHexString(row.Key)].Rule, new(row.FullAt, TimeSpan.Zero), now)))
            .ToList();
        var wait = taken.Max(bucket => bucket.Result.Wait);
        if (wait is null)
        {
            await connection.ExecuteAsync(new(
                "UPDATE guess_bucket SET full_at = @FullAt WHERE bucket_key = @Key",
                taken.Select(bucket => new { bucket.Result.FullAt, bucket.Key }),
                transaction,
                cancellationToken: ct));
        }
        else
        {
            await TellAsync(transaction, account, [.. taken.Where(bucket => bucket.Result.Wait is not null).Select(bucket => bucket.Key)], now, ct);
        }

        await transaction.CommitAsync(ct);
        return new([.. buckets.Values], wait);
    }

    /// <summary>The guess was right: it does not count against anybody.</summary>
    public static Task GiveBackAsync(NpgsqlTransaction transaction, Guess guess, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(new(
            "UPDATE guess_bucket SET full_at = full_at - @Every WHERE bucket_key = @Key",
            guess.Buckets.OrderBy(bucket => Convert.ToHexString(HashOf(bucket)), StringComparer.Ordinal)
                .Select(bucket => new { Key = HashOf(bucket), bucket.Rule.Every }),
            transaction,
            cancellationToken: ct));

    public async Task GiveBackAsync(Guess guess, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await GiveBackAsync(transaction, guess, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Auditors hear that somebody was slowed, once an hour: a guesser must not fill the ledger.</summary>
    private static async Task TellAsync(NpgsqlTransaction transaction, string? account, byte[][] keys, DateTimeOffset now, CancellationToken ct)
    {
        var told = await transaction.Connection!.ExecuteAsync(new(
            "UPDATE guess_bucket SET told_at = @now WHERE bucket_key = ANY (@keys) AND (told_at IS NULL OR told_at < @before)",
            new { now, keys, before = now - ToldEvery },
            transaction,
            cancellationToken: ct));
        if (told > 0)
        {
            var known = account is not null && await Account.FindAsync(transaction.Connection!, account, ct, transaction) is not null;
            await AccessEvents.AppendAsync(
                transaction, new(now, AccessEvents.Anonymous, "sign-in.slowed", known ? account! : AccessEvents.Anonymous), ct);
        }
    }

    private static byte[] HashOf(GuessBucket bucket) => SHA256.HashData(Encoding.UTF8.GetBytes(bucket.Key));
}
