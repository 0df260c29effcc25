using Dapper;
using Kakehashi.IdBroker.SignIn.Appointments;
using Kakehashi.IdBroker.SignIn.Events;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>A person's way in through an institution. Who they are there is {issuer, subject} and nothing else.</summary>
public sealed record IdentityLink
{
    public Guid LinkId { get; init; }

    public string AccountId { get; init; } = "";

    public string Institution { get; init; } = "";

    public string Issuer { get; init; } = "";

    public string Subject { get; init; } = "";

    public string Org { get; init; } = "";

    public string[] Affiliations { get; init; } = [];

    public string[] Assurances { get; init; } = [];

    public DateTime CreatedAt { get; init; }

    /// <summary>Affiliations and assurances are as the institution said at this time.</summary>
    public DateTime LastUsedAt { get; init; }

    public DateTime? RevettedAt { get; init; }

    public DateTime? DormantSince { get; init; }

    public bool AccountEnabled { get; init; }

    public bool IsDormant(int months, DateTimeOffset now) => LinkRules.IsDormant(LastUsedAt, RevettedAt, months, now);
}

/// <summary>The rows of <c>identity_link</c>, each change with its event. Whatever rests on an affiliation goes with it.</summary>
public static class IdentityLinks
{
    private const long LinksLock = 0x4C494E4B; // "LINK": an identity that is not linked yet has no row to lock

    private const string Live =
        """
        SELECT identity_link_id AS LinkId, account_id AS AccountId, institution, issuer, subject, link.org, affiliations, assurances,
               link.created_at AS CreatedAt, last_used_at AS LastUsedAt, revetted_at AS RevettedAt, dormant_since AS DormantSince,
               account.enabled AS AccountEnabled
        FROM identity_link AS link JOIN account USING (account_id)
        WHERE ended_at IS NULL
        """;

    /// <summary>The link of an identity; nobody else decides about the same identity until the transaction ends.</summary>
    public static async Task<IdentityLink?> FindAsync(NpgsqlTransaction transaction, string issuer, string subject, CancellationToken ct)
    {
        await transaction.Connection!.ExecuteAsync(new(
            "SELECT pg_advisory_xact_lock(@LinksLock # hashtextextended(@issuer || ' ' || @subject, 0))",
            new { LinksLock, issuer, subject },
            transaction,
            cancellationToken: ct));
        return await transaction.Connection!.QuerySingleOrDefaultAsync<IdentityLink>(new(
            $"{Live} AND issuer = @issuer AND subject = @subject", new { issuer, subject }, transaction, cancellationToken: ct));
    }

    public static Task<IdentityLink?> FindAsync(NpgsqlConnection connection, Guid linkId, CancellationToken ct, NpgsqlTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<IdentityLink?>(new(
            $"{Live} AND identity_link_id = @linkId", new { linkId }, transaction, cancellationToken: ct));

    /// <summary>An account's live ways in through institutions, oldest first.</summary>
    public static async Task<IReadOnlyList<IdentityLink>> OfAsync(
        NpgsqlConnection connection, string accountId, CancellationToken ct, NpgsqlTransaction? transaction = null) =>
        (await connection.QueryAsync<IdentityLink>(new(
            $"{Live} AND account_id = @accountId ORDER BY identity_link_id", new { accountId }, transaction, cancellationToken: ct))).AsList();

    public static async Task<Guid> CreateAsync(
        NpgsqlTransaction transaction, string accountId, Institution institution, ArrivedPerson person, DateTimeOffset now, CancellationToken ct)
    {
        var linkId = Guid.CreateVersion7(now);
        await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO identity_link (identity_link_id, account_id, institution, issuer, subject, org, affiliations, assurances, created_at, last_used_at)
            VALUES (@linkId, @accountId, @Slug, @Issuer, @Subject, @Org, @affiliations, @assurances, @now, @now)
            """,
            new
            {
                linkId,
                accountId,
                institution.Slug,
                institution.Issuer,
                institution.Org,
                person.Subject,
                affiliations = person.Affiliations.ToArray(),
                assurances = person.Assurances.ToArray(),
                now,
            },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(transaction, new(now, accountId, "link.created", linkId.ToString("N")) { Reason = institution.Slug }, ct);
        return linkId;
    }

    /// <summary>Takes over what the institution says now. The organisation in a person's tokens is the one they last came from.</summary>
    /// <param name="revetted">Another way in has just shown that it is the same person.</param>
    public static async Task RefreshAsync(
        NpgsqlTransaction transaction, IdentityLink link, Institution institution, ArrivedPerson person, bool revetted, DateTimeOffset now, CancellationToken ct)
    {
        await transaction.Connection!.ExecuteAsync(new(
            """
            UPDATE identity_link
            SET institution = @Slug, org = @Org, affiliations = @affiliations, assurances = @assurances, last_used_at = @now,
                revetted_at = CASE WHEN @revetted THEN @now ELSE revetted_at END, dormant_since = NULL
            WHERE identity_link_id = @LinkId;
            UPDATE account SET org = @Org WHERE account_id = @AccountId AND source = 'institution';
            UPDATE account SET orcid = @Orcid WHERE account_id = @AccountId AND orcid IS NULL
            """,
            new
            {
                institution.Slug,
                institution.Org,
                affiliations = person.Affiliations.ToArray(),
                assurances = person.Assurances.ToArray(),
                now,
                revetted,
                link.LinkId,
                link.AccountId,
                person.Orcid,
            },
            transaction,
            cancellationToken: ct));
        if (revetted)
        {
            await AccessEvents.AppendAsync(transaction, new(now, link.AccountId, "link.revetted", link.LinkId.ToString("N")) { Reason = "by-another-way-in" }, ct);
        }

        await EndWhatRestedOnAsync(transaction, link.AccountId, now, ct);
    }

    /// <summary>Notes, once, that a sign-in found the link too old to open the account.</summary>
    public static async Task NoteDormantAsync(NpgsqlTransaction transaction, IdentityLink link, DateTimeOffset now, CancellationToken ct)
    {
        if (link.DormantSince is not null)
        {
            return;
        }

        await transaction.Connection!.ExecuteAsync(new(
            "UPDATE identity_link SET dormant_since = @now WHERE identity_link_id = @LinkId",
            new { now, link.LinkId },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(
            transaction, new(now, "idbroker", "link.made-dormant", link.LinkId.ToString("N")) { Reason = link.Institution }, ct);
    }

    public static async Task EndAsync(
        NpgsqlTransaction transaction, IdentityLink link, string actor, string reason, DateTimeOffset now, CancellationToken ct)
    {
        await transaction.Connection!.ExecuteAsync(new(
            "UPDATE identity_link SET ended_at = @now, end_reason = @reason WHERE identity_link_id = @LinkId",
            new { now, reason, link.LinkId },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(transaction, new(now, actor, "link.ended", link.LinkId.ToString("N")) { Reason = reason }, ct);
        await EndWhatRestedOnAsync(transaction, link.AccountId, now, ct);
    }

    private static async Task EndWhatRestedOnAsync(NpgsqlTransaction transaction, string accountId, DateTimeOffset now, CancellationToken ct)
    {
        var links = await OfAsync(transaction.Connection!, accountId, ct, transaction);
        var belongsTo = links.Where(link => AffiliationRules.Belongs(link.Affiliations)).Select(link => link.Org).ToArray();
        await Vouches.EndWithAffiliationAsync(transaction, accountId, belongsTo, now, ct);
    }
}
