using Dapper;
using Kakehashi.Contracts;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Passports;

/// <summary>What the broker itself knows of a person that a visa can say: who their institutions say they are, who vouches for them, what they accepted.</summary>
public sealed class PassportFacts(NpgsqlDataSource database, IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    /// <summary>The Registered Access definition of a bona fide researcher, the standard's own value of ResearcherStatus.</summary>
    public const string BonaFideResearcher = "https://doi.org/10.1038/s41431-018-0219-y";

    // What an institution said longer ago than this is no longer said: it is heard again at the next sign-in.
    private static readonly TimeSpan AffiliationLife = TimeSpan.FromDays(365);

    public async Task<IReadOnlyList<VisaStatement>> FindAsync(string accountId, CancellationToken ct)
    {
        var parameters = new { accountId, now = clock.GetUtcNow(), since = clock.GetUtcNow() - AffiliationLife };
        await using var connection = await database.OpenConnectionAsync(ct);
        var links = (await connection.QueryAsync<Link>(new(
            """
            SELECT issuer, subject, affiliations, last_used_at AS LastUsedAt
            FROM identity_link
            WHERE account_id = @accountId AND ended_at IS NULL AND dormant_since IS NULL AND last_used_at > @since
            ORDER BY issuer, subject
            """,
            parameters,
            cancellationToken: ct))).AsList();
        var vouches = await connection.QueryAsync<(string Organisation, DateTime GivenAt, DateTime? ExpiresAt)>(new(
            """
            SELECT scope, given_at, expires_at
            FROM role_assignment
            WHERE account_id = @accountId AND role = 'researcher' AND given_at IS NOT NULL AND ended_at IS NULL AND expires_at > @now
            ORDER BY scope
            """,
            parameters,
            cancellationToken: ct));
        var terms = await connection.QueryAsync<(string Terms, DateTime AcceptedAt)>(new(
            "SELECT terms_url, accepted_at FROM accepted_terms WHERE account_id = @accountId ORDER BY terms_url", parameters, cancellationToken: ct));
        return
        [
            .. links.SelectMany(Affiliations),
            .. LinkedIdentities(links),
            .. vouches.Select(vouch => new VisaStatement(
                VisaWords.ResearcherStatus, BonaFideResearcher, PassportRules.Organisation(options.Value.Issuer, vouch.Organisation), "so", Utc(vouch.GivenAt), vouch.ExpiresAt is { } at ? Utc(at) : null)),
            .. terms.Select(accepted => new VisaStatement(
                VisaWords.AcceptedTermsAndPolicies, accepted.Terms, options.Value.Issuer, "self", Utc(accepted.AcceptedAt))),
        ];
    }

    private static IEnumerable<VisaStatement> Affiliations(Link link) => link.Affiliations.Select(affiliation => new VisaStatement(
        VisaWords.AffiliationAndRole, affiliation, link.Issuer, "system", Utc(link.LastUsedAt), Utc(link.LastUsedAt) + AffiliationLife));

    private IEnumerable<VisaStatement> LinkedIdentities(IReadOnlyList<Link> links) => links.Count == 0
        ? []
        : [new(
            VisaWords.LinkedIdentities,
            PassportRules.Identities(links.Select(link => (link.Subject, link.Issuer))),
            options.Value.Issuer,
            "system",
            Utc(links.Min(link => link.LastUsedAt)))];

    private static DateTimeOffset Utc(DateTime at) => new(at, TimeSpan.Zero);

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Link
    {
        public string Issuer { get; init; } = "";

        public string Subject { get; init; } = "";

        public string[] Affiliations { get; init; } = [];

        public DateTime LastUsedAt { get; init; }
    }
}
