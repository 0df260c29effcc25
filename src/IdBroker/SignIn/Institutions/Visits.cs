using System.Security.Cryptography;
using Dapper;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>Visits under way: half in the database, half in the browser's cookie. Each counts once.</summary>
public static class Visits
{
    private const string CookiePrefix = "__Host-kakehashi-visit-";
    private const int StateHashBytesInName = 9;

    /// <summary>Notes a visit, gives the browser its half, and answers the state that names it.</summary>
    public static async Task<string> StartAsync(
        HttpContext context, NpgsqlConnection connection, string institution, Visit visit, CancellationToken ct)
    {
        var state = OpaqueSecret.Create();
        await connection.ExecuteAsync(new(
            """
            INSERT INTO institution_visit (state_hash, browser_hash, institution, session_id, fresh, started_at)
            VALUES (@state, @browser, @institution, @SessionId, @Fresh, @StartedAt)
            """,
            new
            {
                state = OpaqueSecret.HashOf(state),
                browser = OpaqueSecret.HashOf(visit.Secret),
                institution,
                visit.SessionId,
                visit.Fresh,
                visit.StartedAt,
            },
            cancellationToken: ct));
        context.Response.Cookies.Append(CookieOf(state), GoalCookie.Write(visit.Secret, visit.Goal), CookieOptions(Visit.Longest));
        return state;
    }

    /// <summary>
    /// The visit that a state names, used up by this call; or why the answer does not belong to one. An answer that comes to the
    /// wrong institution's address uses it up too; one in the wrong browser does not, lest a stranger end somebody's sign-in.
    /// </summary>
    public static async Task<(Visit? Visit, string? Refusal)> UseAsync(
        HttpContext context, NpgsqlTransaction transaction, string state, string institution, DateTimeOffset now, CancellationToken ct)
    {
        var hash = OpaqueSecret.HashOf(state);
        // FOR UPDATE: of two answers at once the second waits here, then sees that the state was used.
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>(new(
            """
            SELECT browser_hash AS BrowserHash, institution, session_id AS SessionId, fresh, started_at AS StartedAt, used_at AS UsedAt
            FROM institution_visit
            WHERE state_hash = @hash
            FOR UPDATE
            """,
            new { hash },
            transaction,
            cancellationToken: ct));
        var (secret, goal) = GoalCookie.Read(context.Request.Cookies[CookieOf(state)]);
        var isThisBrowser = row is not null && CryptographicOperations.FixedTimeEquals(OpaqueSecret.HashOf(secret), row.BrowserHash);
        var refusal = VisitRules.WhyNot(row?.StartedAt, row?.UsedAt is not null, row?.Institution == institution, isThisBrowser, now);
        if (isThisBrowser)
        {
            await transaction.Connection!.ExecuteAsync(new(
                "UPDATE institution_visit SET used_at = @now WHERE state_hash = @hash AND used_at IS NULL",
                new { now, hash },
                transaction,
                cancellationToken: ct));
            context.Response.Cookies.Delete(CookieOf(state), CookieOptions(null));
        }

        return refusal is not null
            ? (null, refusal)
            : (new(secret, goal, row!.SessionId, row.Fresh, row.StartedAt), null);
    }

    /// <summary>Forgets visits and arrivals that nobody can come back to.</summary>
    public static Task ForgetOldAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken ct) => connection.ExecuteAsync(new(
        """
        DELETE FROM institution_visit WHERE started_at < @now - interval '1 day';
        DELETE FROM institution_arrival WHERE arrived_at < @now - interval '1 hour'
        """,
        new { now },
        cancellationToken: ct));

    // Lax: the cookie must come along when the institution sends the person back. One for each visit, so that tabs do not disturb one another.
    internal static CookieOptions CookieOptions(TimeSpan? life) =>
        new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = life };

    private static string CookieOf(string state) =>
        CookiePrefix + StrictBase64Url.Encode(OpaqueSecret.HashOf(state).AsSpan(0, StateHashBytesInName));

    private sealed record Row
    {
        public byte[] BrowserHash { get; init; } = [];

        public string Institution { get; init; } = "";

        public Guid? SessionId { get; init; }

        public bool Fresh { get; init; }

        public DateTime StartedAt { get; init; }

        public DateTime? UsedAt { get; init; }
    }
}
