using System.Security.Claims;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>
/// The roles a person holds, and those that are theirs to decide about: a representative sees who asks for a vouch, an operator who waits for a second
/// operator, a chair the stewards, a steward their delegates.
/// </summary>
public static class ListRoles
{
    /// <param name="Held">What holds now, by the accounts file or by an assignment.</param>
    public sealed record Response(IReadOnlyList<HeldRole> Held, IReadOnlyList<Entry> Assignments);

    public sealed record Entry(RoleView Assignment, string Name, string Reason, string AskedBy, DateTimeOffset AskedAt, IReadOnlyList<string> Affiliations);

    private const int Most = 500;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/roles", HandleAsync)
        .WithName(nameof(ListRoles))
        .RequireAuthorization(Policies.Person);

    internal static async Task<Ok<Response>> HandleAsync(ClaimsPrincipal user, NpgsqlDataSource database, TimeProvider clock, CancellationToken ct)
    {
        var actor = user.ActorId();
        await using var connection = await database.OpenConnectionAsync(ct);
        // What others' roles say is for whoever signed in with two factors: the token carries such a role only then.
        var held = (await RoleRows.LoadAsync(connection, [actor], null, ct)).Held(actor, clock.GetUtcNow());
        var inToken = held.Where(role => user.HasClaim(TokenClaims.Roles, role.Role)).ToList();
        var rows = await connection.QueryAsync<Row>(new(
            """
            SELECT role_assignment_id AS AssignmentId, account_id AS Account, display_name AS Name, role, scope, asked_by AS AskedBy, asked_at AS AskedAt,
                   given_at AS GivenAt, expires_at AS ExpiresAt, reason, delegated_from AS DelegatedFrom,
                   coalesce((SELECT array_agg(DISTINCT said ORDER BY said) FROM identity_link, unnest(affiliations) AS said
                             WHERE identity_link.account_id = role_assignment.account_id AND identity_link.org = scope
                               AND identity_link.ended_at IS NULL), '{}') AS Affiliations
            FROM role_assignment JOIN account USING (account_id)
            WHERE ended_at IS NULL
              AND (account_id = @actor OR delegated_from = @actor OR @isOperator
                   OR (role = 'steward' AND scope = ANY (@chairOf)) OR (role = 'researcher' AND scope = ANY (@speaksFor)))
            ORDER BY role_assignment_id DESC
            LIMIT @Most
            """,
            new
            {
                actor,
                isOperator = inToken.Exists(role => role.Role == Roles.Operator),
                chairOf = Scopes(Roles.DacChair),
                speaksFor = Scopes(Roles.Representative),
                Most,
            },
            cancellationToken: ct));
        return TypedResults.Ok(new Response(
            held,
            [.. rows.Select(row => new Entry(RoleView.Of(row.ToAssignment()), row.Name, row.Reason, row.AskedBy, row.AskedAt, row.Affiliations))]));

        string[] Scopes(string name) => [.. inToken.Where(role => role.Role == name).Select(role => role.Scope)];
    }

    private sealed record Row
    {
        public Guid AssignmentId { get; init; }

        public string Account { get; init; } = "";

        public string Name { get; init; } = "";

        public string Role { get; init; } = "";

        public string Scope { get; init; } = "";

        public string AskedBy { get; init; } = "";

        public DateTime AskedAt { get; init; }

        public DateTime? GivenAt { get; init; }

        public DateTime? ExpiresAt { get; init; }

        public string Reason { get; init; } = "";

        public string? DelegatedFrom { get; init; }

        public string[] Affiliations { get; init; } = [];

        public RoleAssignment ToAssignment() => new()
        {
            AssignmentId = AssignmentId,
            Account = Account,
            Role = Role,
            Scope = Scope,
            GivenAt = GivenAt,
            ExpiresAt = ExpiresAt,
            DelegatedFrom = DelegatedFrom,
        };
    }
}
