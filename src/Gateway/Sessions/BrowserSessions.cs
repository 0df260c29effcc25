using Dapper;
using Npgsql;

namespace Kakehashi.Gateway.Sessions;

/// <summary>A person's live session in one browser.</summary>
public sealed record BrowserSession(
    string Account,
    string BrokerSession,
    SessionTokens Tokens,
    DateTimeOffset TokensExpireAt,
    DateTimeOffset StartedAt,
    DateTimeOffset LastSeenAt);

/// <summary>All sessions of all browsers, at all instances. What is not here, or not live any more, opens nothing.</summary>
public sealed class BrowserSessions(NpgsqlDataSource database, TimeProvider clock, ILogger<BrowserSessions> logger)
{
    /// <summary>Null when there is none, or it ended, or lay idle too long. Looking is not using.</summary>
    public async Task<BrowserSession?> FindAsync(CookieSecret secret, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await FindAsync(connection, null, secret, ct);
    }

    /// <summary>The row is the caller's until the transaction ends: nobody else renews its tokens meanwhile.</summary>
    public Task<BrowserSession?> LockAsync(NpgsqlTransaction transaction, CookieSecret secret, CancellationToken ct) =>
        FindAsync(transaction.Connection!, transaction, secret, ct);

    /// <summary>The session was used.</summary>
    public async Task NoteAsync(CookieSecret secret, BrowserSession session, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (SessionRules.IsWorthNoting(session.LastSeenAt, now))
        {
            await ExecuteAsync(
                "UPDATE browser_session SET last_seen_at = @now WHERE session_hash = @Hash AND last_seen_at < @now", new { now, secret.Hash }, ct);
        }
    }

    /// <summary>A new session in place of the one this browser had, if it had one: in one step, so that it never has two.</summary>
    public async Task StartAsync(CookieSecret secret, BrowserSession session, CookieSecret? former, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (former is not null)
        {
            await connection.ExecuteAsync(new(
                "DELETE FROM browser_session WHERE session_hash = @Hash", new { former.Hash }, transaction, cancellationToken: ct));
        }

        await connection.ExecuteAsync(new(
            """
            INSERT INTO browser_session (session_hash, account, broker_session, sealed_tokens, tokens_expire_at, started_at, last_seen_at)
            VALUES (@Hash, @Account, @BrokerSession, @sealedTokens, @TokensExpireAt, @StartedAt, @LastSeenAt)
            """,
            new
            {
                secret.Hash,
                session.Account,
                session.BrokerSession,
                sealedTokens = secret.Seal(session.Tokens),
                session.TokensExpireAt,
                session.StartedAt,
                session.LastSeenAt,
            },
            transaction,
            cancellationToken: ct));
        await transaction.CommitAsync(ct);
    }

    public static Task RenewAsync(NpgsqlTransaction transaction, CookieSecret secret, SessionTokens tokens, DateTimeOffset expire) =>
        transaction.Connection!.ExecuteAsync(new(
            "UPDATE browser_session SET sealed_tokens = @sealedTokens, tokens_expire_at = @expire WHERE session_hash = @Hash",
            new { sealedTokens = secret.Seal(tokens), expire, secret.Hash },
            transaction));

    public static Task EndAsync(NpgsqlTransaction transaction, CookieSecret secret) => transaction.Connection!.ExecuteAsync(new(
        "DELETE FROM browser_session WHERE session_hash = @Hash", new { secret.Hash }, transaction));

    public Task<int> EndAsync(CookieSecret secret, CancellationToken ct) =>
        ExecuteAsync("DELETE FROM browser_session WHERE session_hash = @Hash", new { secret.Hash }, ct);

    private async Task<int> ExecuteAsync(string sql, object parameters, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new(sql, parameters, cancellationToken: ct));
    }

    private async Task<BrowserSession?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CookieSecret secret, CancellationToken ct)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new(
            $"""
            SELECT account, broker_session AS BrokerSession, sealed_tokens AS SealedTokens, tokens_expire_at AS TokensExpireAt,
                   started_at AS StartedAt, last_seen_at AS LastSeenAt
            FROM browser_session
            WHERE session_hash = @Hash
            {(transaction is null ? "" : "FOR UPDATE")}
            """,
            new { secret.Hash },
            transaction,
            cancellationToken: ct));
        if (row is null || !SessionRules.IsLive(row.StartedAt, row.LastSeenAt, clock.GetUtcNow()))
        {
            return null;
        }

        if (secret.Open(row.SealedTokens) is { } tokens)
        {
            return new(row.Account, row.BrokerSession, tokens, row.TokensExpireAt, row.StartedAt, row.LastSeenAt);
        }

        Log.TokensNotOpened(logger);
        return null;
    }

    private sealed record Row(string Account, string BrokerSession, byte[] SealedTokens, DateTime TokensExpireAt, DateTime StartedAt, DateTime LastSeenAt);
}
