using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Institutions;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>The rows of <c>role_assignment</c>: read as a <see cref="RoleBook"/>, and written with an event for each change.</summary>
public static class RoleRows
{
    private const string Columns =
        """
        role_assignment_id AS AssignmentId, account_id AS Account, role, scope, asked_by AS AskedBy, asked_at AS AskedAt, given_by AS GivenBy,
        given_at AS GivenAt, expires_at AS ExpiresAt, reason, delegated_from AS DelegatedFrom
        """;

    /// <summary>The book of these people, of those whose delegates they are, and of their own delegates.</summary>
    /// <param name="affiliatedSince">Given when it matters to whom they belong: how recently an institution must have said so.</param>
    public static async Task<RoleBook> LoadAsync(
        NpgsqlConnection connection, IReadOnlyList<string> accounts, DateTimeOffset? affiliatedSince, CancellationToken ct, NpgsqlTransaction? transaction = null)
    {
        var assignments = (await connection.QueryAsync<RoleAssignment>(new(
            $"""
            SELECT {Columns}
            FROM role_assignment
            WHERE ended_at IS NULL
              AND (account_id = ANY (@accounts) OR delegated_from = ANY (@accounts)
                   OR account_id IN (SELECT delegated_from FROM role_assignment WHERE account_id = ANY (@accounts) AND ended_at IS NULL))
            ORDER BY role_assignment_id
            """,
            new { accounts },
            transaction,
            cancellationToken: ct))).AsList();
        string[] everybody = [.. accounts, .. assignments.Select(given => given.Account), .. assignments.Select(given => given.DelegatedFrom).OfType<string>()];
        var people = await connection.QueryAsync<Row>(new(
            """
            SELECT account_id AS AccountId, org, roles, biobanks FROM account
            WHERE account_id = ANY (@everybody) AND enabled ORDER BY account_id
            """,
            new { everybody },
            transaction,
            cancellationToken: ct));
        var links = affiliatedSince is null ? [] : await connection.QueryAsync<Row>(new(
            """
            SELECT account_id AS AccountId, org, affiliations AS Roles FROM identity_link
            WHERE account_id = ANY (@everybody) AND ended_at IS NULL AND last_used_at > @affiliatedSince ORDER BY identity_link_id
            """,
            new { everybody, affiliatedSince },
            transaction,
            cancellationToken: ct));
        var belongsTo = links.Where(link => AffiliationRules.Belongs(link.Roles)).ToLookup(link => link.AccountId, link => link.Org);
        return new(
            people.ToDictionary(
                row => row.AccountId,
                row => new RoleHolder(row.AccountId, row.Org, RoleHolder.ReadFile(row.Roles, row.Biobanks, row.Org), [.. belongsTo[row.AccountId]])),
            assignments);
    }

    /// <summary>One assignment that is not ended, pending or given.</summary>
    public static Task<RoleAssignment?> FindAsync(NpgsqlTransaction transaction, Guid assignmentId, CancellationToken ct) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<RoleAssignment?>(new(
            $"SELECT {Columns} FROM role_assignment WHERE role_assignment_id = @assignmentId AND ended_at IS NULL",
            new { assignmentId },
            transaction,
            cancellationToken: ct));

    public static async Task SaveAsync(
        NpgsqlTransaction transaction, IEnumerable<RoleAssignment> changed, string actor, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var assignment in changed)
        {
            await transaction.Connection!.ExecuteAsync(new(
                """
                INSERT INTO role_assignment (role_assignment_id, account_id, role, scope, asked_by, asked_at, given_by, given_at, expires_at, reason,
                                             delegated_from, ended_at, ended_by, end_reason)
                VALUES (@AssignmentId, @Account, @Role, @Scope, @AskedBy, @AskedAt, @GivenBy, @GivenAt, @ExpiresAt, @Reason,
                        @DelegatedFrom, @EndedAt, @EndedBy, @EndReason)
                ON CONFLICT (role_assignment_id) DO UPDATE
                SET (given_by, given_at, expires_at, ended_at, ended_by, end_reason) =
                    (EXCLUDED.given_by, EXCLUDED.given_at, EXCLUDED.expires_at, EXCLUDED.ended_at, EXCLUDED.ended_by, EXCLUDED.end_reason)
                """,
                assignment,
                transaction,
                cancellationToken: ct));
            await AccessEvents.AppendAsync(
                transaction, new(now, assignment.EndedBy ?? actor, KindOf(assignment), assignment.Account) { Reason = Describe(assignment) }, ct);
        }
    }

    private static string KindOf(RoleAssignment assignment) => (assignment.Role == Roles.Researcher, assignment) switch
    {
        (true, { EndedAt: not null }) => "vouch.ended",
        (true, { GivenAt: not null }) => "vouch.given",
        (false, { EndedAt: not null }) => "role.ended",
        (false, { GivenAt: not null }) => "role.granted",
        _ => "role.requested",
    };

    private static string Describe(RoleAssignment assignment) =>
        $"{assignment.Role} {assignment.Scope}{(assignment.DelegatedFrom is null ? "" : " delegated")}".TrimEnd();

    private sealed record Row
    {
        public string AccountId { get; init; } = "";

        public string Org { get; init; } = "";

        public string[] Roles { get; init; } = [];

        public string[] Biobanks { get; init; } = [];
    }
}
