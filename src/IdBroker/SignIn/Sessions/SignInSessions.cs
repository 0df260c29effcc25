using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Sessions;

/// <summary>
/// Who is signed in at the broker. A browser holds a random cookie; what it stands for is only here, so that it can be ended
/// from anywhere at once.
/// </summary>
public sealed class SignInSessions(NpgsqlDataSource database, TimeProvider clock)
{
    public const string Cookie = "__Host-kakehashi-id";

    // Not at every request: the idle limit is an hour.
    private static readonly TimeSpan NotedEvery = TimeSpan.FromMinutes(1);

    /// <summary>The session of this browser; null when there is none, or it ended, or lay idle too long.</summary>
    public async Task<SignInSession?> FindAsync(HttpContext context, CancellationToken ct)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 } secret)
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        return await FindAsync(connection, "secret_hash = @key", OpaqueSecret.HashOf(secret), ct);
    }

    public async Task<SignInSession?> FindAsync(Guid sessionId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await FindAsync(connection, "session_id = @key", sessionId, ct);
    }

    public Task<SignInSession?> FindAsync(NpgsqlTransaction transaction, Guid sessionId, CancellationToken ct) =>
        FindAsync(transaction.Connection!, "session_id = @key", sessionId, ct);

    /// <summary>Signs a person in: a new session with a new cookie, and the event, in the caller's transaction.</summary>
    public async Task<SignInSession> StartAsync(
        HttpContext context, NpgsqlTransaction transaction, string accountId, SignInProof proof, CancellationToken ct)
    {
        var secret = OpaqueSecret.Create();
        var session = await InsertAsync(transaction, accountId, proof, secret, Browsers.NameOf(context.Request), ct);
        SetCookie(context, secret);
        return session;
    }

    /// <summary>A device's own session after its person approved it: no cookie, it lives by its refresh tokens.</summary>
    public Task<SignInSession> StartOnDeviceAsync(
        NpgsqlTransaction transaction, SignInSession approvedBy, string device, CancellationToken ct) =>
        InsertAsync(transaction, approvedBy.AccountId, new(approvedBy.Acr, approvedBy.Amr, approvedBy.Institution, approvedBy.AuthTime), null, device, ct);

    /// <summary>The same person proved themselves again: fresh time and methods, and a new cookie in place of the old.</summary>
    public async Task<SignInSession> RenewAsync(
        HttpContext context, NpgsqlTransaction transaction, SignInSession session, SignInProof proof, CancellationToken ct)
    {
        var (now, secret) = (clock.GetUtcNow(), OpaqueSecret.Create());
        var provedAt = proof.At ?? now;
        await transaction.Connection!.ExecuteAsync(new(
            """
            UPDATE sign_in_session
            SET secret_hash = @hash, auth_time = @provedAt, last_seen_at = @now, acr = @Acr, amr = @amr
            WHERE session_id = @SessionId AND ended_at IS NULL
            """,
            new { hash = OpaqueSecret.HashOf(secret), provedAt, now, proof.Acr, amr = proof.Amr.ToArray(), session.SessionId },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(
            transaction, new(now, session.AccountId, "session.raised", session.SessionId.ToString("N")) { Acr = proof.Acr }, ct);
        SetCookie(context, secret);
        return session with { AuthTime = provedAt, LastSeenAt = now, Acr = proof.Acr, Amr = proof.Amr };
    }

    /// <summary>Ends a session and every token of it, and has its clients told. False when it had ended before.</summary>
    public async Task<bool> EndAsync(NpgsqlTransaction transaction, Guid sessionId, string actor, string reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var ended = await transaction.Connection!.ExecuteAsync(new(
            "UPDATE sign_in_session SET ended_at = @now, end_reason = @reason WHERE session_id = @sessionId AND ended_at IS NULL",
            new { now, reason, sessionId },
            transaction,
            cancellationToken: ct));
        if (ended == 0)
        {
            return false;
        }

        await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO sign_out_notice (client_id, session_id, account_id, due_at)
            SELECT DISTINCT client.client_id, session_id, account_id, @now
            FROM sign_in_session JOIN token_family USING (session_id) JOIN client ON client.client_id = token_family.client_id
            WHERE session_id = @sessionId AND backchannel_logout_uri IS NOT NULL AND client.enabled
            """,
            new { now, sessionId },
            transaction,
            cancellationToken: ct));
        await transaction.Connection!.ExecuteAsync(new(
            "UPDATE token_family SET ended_at = @now, end_reason = 'session-ended' WHERE session_id = @sessionId AND ended_at IS NULL",
            new { now, sessionId },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(transaction, new(now, actor, "session.ended", sessionId.ToString("N")) { Reason = reason }, ct);
        return true;
    }

    /// <summary>Forgets the cookie in this browser.</summary>
    public static void ForgetCookie(HttpContext context) => context.Response.Cookies.Delete(Cookie, CookieOptions());

    private async Task<SignInSession> InsertAsync(
        NpgsqlTransaction transaction, string accountId, SignInProof proof, string? secret, string device, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var session = new SignInSession(Guid.CreateVersion7(now), accountId, now, now, proof.At ?? now, proof.Acr, proof.Amr, proof.Institution);
        await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO sign_in_session (session_id, account_id, secret_hash, device, started_at, last_seen_at, auth_time, acr, amr, institution)
            VALUES (@SessionId, @AccountId, @hash, @device, @StartedAt, @StartedAt, @AuthTime, @Acr, @amr, @Institution)
            """,
            new
            {
                session.SessionId,
                session.AccountId,
                hash = secret is null ? null : OpaqueSecret.HashOf(secret),
                device,
                session.StartedAt,
                session.AuthTime,
                session.Acr,
                amr = session.Amr.ToArray(),
                session.Institution,
            },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(
            transaction,
            new(now, accountId, "sign-in.succeeded", session.SessionId.ToString("N")) { Acr = proof.Acr, Reason = string.Join(' ', proof.Amr) },
            ct);
        return session;
    }

    private async Task<SignInSession?> FindAsync(NpgsqlConnection connection, string where, object key, CancellationToken ct)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new(
            $"""
            SELECT session_id AS SessionId, account_id AS AccountId, started_at AS StartedAt, last_seen_at AS LastSeenAt,
                   auth_time AS AuthTime, acr, amr, institution
            FROM sign_in_session JOIN account USING (account_id)
            WHERE {where} AND ended_at IS NULL AND account.enabled
            """,
            new { key },
            cancellationToken: ct));
        var now = clock.GetUtcNow();
        if (row is null || !SessionRules.IsLive(row.StartedAt, row.LastSeenAt, now))
        {
            return null;
        }

        if (now - row.LastSeenAt >= NotedEvery)
        {
            await connection.ExecuteAsync(new(
                "UPDATE sign_in_session SET last_seen_at = @now WHERE session_id = @SessionId AND last_seen_at < @now",
                new { now, row.SessionId },
                cancellationToken: ct));
        }

        return new(row.SessionId, row.AccountId, row.StartedAt, now, row.AuthTime, row.Acr, row.Amr, row.Institution);
    }

    private static void SetCookie(HttpContext context, string secret) => context.Response.Cookies.Append(Cookie, secret, CookieOptions());

    // __Host-: Secure, no Domain, Path=/ or the browser refuses it. Lax: it must come along when an institution sends the person back.
    private static CookieOptions CookieOptions() => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/" };

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Row
    {
        public Guid SessionId { get; init; }

        public string AccountId { get; init; } = "";

        public DateTime StartedAt { get; init; }

        public DateTime LastSeenAt { get; init; }

        public DateTime AuthTime { get; init; }

        public string Acr { get; init; } = "";

        public string[] Amr { get; init; } = [];

        public string? Institution { get; init; }
    }
}
