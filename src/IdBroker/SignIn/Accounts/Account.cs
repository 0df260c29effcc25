using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Appointments;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A person known to the platform, with the roles that hold now.</summary>
public sealed record Account(
    string AccountId,
    string DisplayName,
    string Org,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Projects,
    IReadOnlyList<HeldRole> AtBiobanks)
{
    /// <summary>Of a participant: <c>biobank/reference</c>; otherwise empty.</summary>
    public string Participant { get; init; } = "";

    public string? Orcid { get; init; }

    public bool Demo { get; init; }

    /// <summary>Whether the person came through an institution, which then has to say at every sign-in that they are still there.</summary>
    public bool IsOfInstitution { get; init; }

    /// <summary>Whether one of the roles holds only with two factors.</summary>
    public bool NeedsTwoFactors => Roles.Any(role => Contracts.Roles.NeedTwoFactors.Contains(role));

    /// <summary>The roles that hold for a sign-in of this assurance.</summary>
    public IReadOnlyList<string> RolesAt(string acr) =>
        acr == Assurance.Mfa ? Roles : [.. Roles.Where(role => !Contracts.Roles.NeedTwoFactors.Contains(role))];

    /// <summary>The roles at single biobanks that hold for a sign-in of this assurance, as <c>role:biobank</c>.</summary>
    public IReadOnlyList<string> BiobankRolesAt(string acr)
    {
        var roles = RolesAt(acr);
        return [.. AtBiobanks.Where(held => roles.Contains(held.Role)).Select(held => $"{held.Role}:{held.Scope}").Distinct()];
    }

    /// <summary>Null when there is no such account, or it is disabled.</summary>
    public static async Task<Account?> FindAsync(
        NpgsqlConnection connection, string accountId, CancellationToken ct, NpgsqlTransaction? transaction = null)
    {
        if (accountId.Contains('\0', StringComparison.Ordinal))
        {
            return null; // PostgreSQL's text cannot hold NUL; no account id does
        }

        var row = await connection.QuerySingleOrDefaultAsync<Row>(new(
            """
            SELECT account_id AS AccountId, display_name AS DisplayName, org, participant, orcid, demo, roles, projects,
                   source = 'institution' AS IsOfInstitution, now() AS Now -- roles end after days: the database's clock will do
            FROM account
            WHERE account_id = @accountId AND enabled
            """,
            new { accountId },
            transaction,
            cancellationToken: ct));
        if (row is null)
        {
            return null;
        }

        var held = (await RoleRows.LoadAsync(connection, [accountId], null, ct, transaction)).Held(accountId, new(row.Now, TimeSpan.Zero));
        string[] roles = [.. row.Roles.Concat(held.Select(role => role.Role)).Distinct()];
        var atBiobanks = held.Where(role => RoleRules.Find(role.Role)?.Scope == RoleScope.Biobank).ToList();
        return new(row.AccountId, row.DisplayName, row.Org, roles, row.Projects, atBiobanks)
        {
            Participant = row.Participant,
            Orcid = row.Orcid,
            Demo = row.Demo,
            IsOfInstitution = row.IsOfInstitution,
        };
    }

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Row
    {
        public string AccountId { get; init; } = "";

        public string DisplayName { get; init; } = "";

        public string Org { get; init; } = "";

        public string Participant { get; init; } = "";

        public string? Orcid { get; init; }

        public bool Demo { get; init; }

        public bool IsOfInstitution { get; init; }

        public DateTime Now { get; init; }

        public string[] Roles { get; init; } = [];

        public string[] Projects { get; init; } = [];
    }
}
