using Dapper;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>Somebody proved one thing and still owes another.</summary>
/// <param name="Enrolment">The hash of the enrolment code that let the person in.</param>
/// <param name="MayAdd">Whether a first second factor may be set up now.</param>
public sealed record StartedSignIn(
    byte[] SecretHash, string AccountId, IReadOnlyList<string> Amr, string? Institution, byte[]? Enrolment, bool MayAdd);

/// <summary>The time between a first and a second proof: a few minutes, in one browser, known here only.</summary>
public sealed class StartedSignIns(NpgsqlDataSource database, TimeProvider clock)
{
    public const string Cookie = "__Host-kakehashi-step";

    public static readonly TimeSpan ToProve = TimeSpan.FromMinutes(5);

    /// <summary>Long enough to install an authenticator app.</summary>
    public static readonly TimeSpan ToSetUp = TimeSpan.FromMinutes(15);

    public async Task StartAsync(
        HttpContext context, NpgsqlTransaction transaction, string accountId, IReadOnlyList<string> amr, string? institution,
        bool mayAdd, byte[]? enrolment, CancellationToken ct)
    {
        var secret = OpaqueSecret.Create();
        await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO started_sign_in (secret_hash, account_id, amr, institution, enrolment, may_add, expires_at)
            VALUES (@hash, @accountId, @amr, @institution, @enrolment, @mayAdd, @expires)
            """,
            new
            {
                hash = OpaqueSecret.HashOf(secret),
                accountId,
                amr = amr.ToArray(),
                institution,
                enrolment,
                mayAdd,
                expires = clock.GetUtcNow() + (mayAdd ? ToSetUp : ToProve),
            },
            transaction,
            cancellationToken: ct));
        context.Response.Cookies.Append(Cookie, secret, Options());
    }

    /// <summary>This browser's; null when there is none or its time is over.</summary>
    public async Task<StartedSignIn?> FindAsync(HttpContext context, CancellationToken ct)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 } secret)
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new(
            """
            SELECT secret_hash AS SecretHash, account_id AS AccountId, amr, institution, enrolment, may_add AS MayAdd
            FROM started_sign_in
            WHERE secret_hash = @hash AND expires_at > @now
            """,
            new { hash = OpaqueSecret.HashOf(secret), now = clock.GetUtcNow() },
            cancellationToken: ct));
        return row is null ? null : new(row.SecretHash, row.AccountId, row.Amr, row.Institution, row.Enrolment, row.MayAdd);
    }

    /// <summary>It led to a session. False when another request of the same browser was first.</summary>
    public static async Task<bool> EndAsync(HttpContext context, NpgsqlTransaction transaction, StartedSignIn started, CancellationToken ct)
    {
        context.Response.Cookies.Delete(Cookie, Options());
        return await transaction.Connection!.ExecuteAsync(new(
            "DELETE FROM started_sign_in WHERE secret_hash = @SecretHash", started, transaction, cancellationToken: ct)) == 1;
    }

    // Lax: it must be there when an institution has just sent the person back.
    private static CookieOptions Options() => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/" };

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Row
    {
        public byte[] SecretHash { get; init; } = [];

        public string AccountId { get; init; } = "";

        public string[] Amr { get; init; } = [];

        public string? Institution { get; init; }

        public byte[]? Enrolment { get; init; }

        public bool MayAdd { get; init; }
    }
}
