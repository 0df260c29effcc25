using Dapper;
using Kakehashi.IdBroker.SignIn.Accounts;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>Somebody whom an institution has just signed in, and who has yet to say what shall become of it.</summary>
public sealed record Arrival
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    public byte[] Hash { get; init; } = [];

    public string Institution { get; init; } = "";

    public string Subject { get; init; } = "";

    /// <summary>Empty when the institution gives no name: the person is asked for it.</summary>
    public string DisplayName { get; init; } = "";

    public string[] Affiliations { get; init; } = [];

    public string[] Assurances { get; init; } = [];

    public string? Orcid { get; init; }

    public bool TwoFactors { get; init; }

    public DateTime AuthTime { get; init; }

    /// <summary>Set when the identity belongs to an account that it may no longer open by itself.</summary>
    public Guid? DormantLinkId { get; init; }

    /// <summary>Where the sign-in leads, once it is done; only the browser knows it.</summary>
    public SignInGoal Goal { get; init; } = new();

    public DateTime ArrivedAt { get; init; }

    public ArrivedPerson Person =>
        new(Subject, DisplayName, Affiliations, Assurances, Orcid, TwoFactors, AuthTime);
}

/// <summary>Arrivals that wait for their person's word. The browser holds the secret, the table its hash.</summary>
public static class Arrivals
{
    private const string Cookie = "__Host-kakehashi-arrival";

    public static async Task KeepAsync(
        HttpContext context, NpgsqlTransaction transaction, Institution institution, Visit visit, ArrivedPerson person, Guid? dormantLinkId, DateTimeOffset now,
        CancellationToken ct)
    {
        var secret = OpaqueSecret.Create();
        await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO institution_arrival (arrival_hash, institution, subject, display_name, affiliations, assurances, orcid, two_factors,
                                             auth_time, dormant_link_id, arrived_at)
            VALUES (@hash, @Slug, @Subject, @name, @affiliations, @assurances, @Orcid, @TwoFactors, @authTime, @dormantLinkId, @now)
            """,
            new
            {
                hash = OpaqueSecret.HashOf(secret),
                institution.Slug,
                person.Subject,
                name = person.Name ?? "",
                affiliations = person.Affiliations.ToArray(),
                assurances = person.Assurances.ToArray(),
                person.Orcid,
                person.TwoFactors,
                authTime = person.ProofAt(institution, visit.Fresh, now).At,
                dormantLinkId,
                now,
            },
            transaction,
            cancellationToken: ct));
        context.Response.Cookies.Append(Cookie, GoalCookie.Write(secret, visit.Goal), Visits.CookieOptions(Arrival.Longest));
    }

    /// <summary>The arrival that waits in this browser; null when there is none, or no longer.</summary>
    /// <param name="transaction">Given when the arrival shall be used up: then nobody else uses it.</param>
    public static async Task<Arrival?> FindAsync(
        HttpContext context, NpgsqlConnection connection, DateTimeOffset now, CancellationToken ct, NpgsqlTransaction? transaction = null)
    {
        var (secret, goal) = GoalCookie.Read(context.Request.Cookies[Cookie]);
        var arrival = await connection.QuerySingleOrDefaultAsync<Arrival>(new(
            $"""
            SELECT arrival_hash AS Hash, institution, subject, display_name AS DisplayName, affiliations, assurances, orcid,
                   two_factors AS TwoFactors, auth_time AS AuthTime, dormant_link_id AS DormantLinkId, arrived_at AS ArrivedAt
            FROM institution_arrival
            WHERE arrival_hash = @hash AND used_at IS NULL AND arrived_at > @since
            {(transaction is null ? "" : "FOR UPDATE")}
            """,
            new { hash = OpaqueSecret.HashOf(secret), since = now - Arrival.Longest },
            transaction,
            cancellationToken: ct));
        return arrival is null ? null : arrival with { Goal = goal };
    }

    public static async Task UseUpAsync(HttpContext context, NpgsqlTransaction transaction, Arrival arrival, DateTimeOffset now, CancellationToken ct)
    {
        await transaction.Connection!.ExecuteAsync(new(
            "UPDATE institution_arrival SET used_at = @now WHERE arrival_hash = @Hash",
            new { now, arrival.Hash },
            transaction,
            cancellationToken: ct));
        context.Response.Cookies.Delete(Cookie, Visits.CookieOptions(null));
    }
}
