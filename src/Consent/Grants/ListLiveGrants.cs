using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.Consent.Grants;

/// <summary>The IdBroker asks which permissions of a person are in force at this moment, to put them into visas.</summary>
public static class ListLiveGrants
{
    // More than fit into one passport (a node reads 100 visas); the longest-lasting first.
    private const int Most = 500;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/grants/live", HandleAsync)
        .WithName(nameof(ListLiveGrants))
        .RequireAuthorization(Policies.ReadingLiveGrants);

    internal static async Task<Results<Ok<LiveGrant[]>, ProblemHttpResult>> HandleAsync(
        NpgsqlDataSource database, IOptions<ConsentOptions> options, IOptions<TokenOptions> tokens, TimeProvider clock, CancellationToken ct,
        string subject = "")
    {
        if (subject.Length is 0 or > GrantRules.LongestSubject)
        {
            return Problems.BadRequest("consent.subject", "Say whose grants.", $"subject is an account id of 1 to {GrantRules.LongestSubject} characters.");
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT g.access_grant_id AS GrantId, g.biobank_id AS Biobank, g.dataset AS Dataset, g.project AS Project,
                   g.purpose::text AS Purpose, g.decided_at AS DecidedAt, g.valid_until AS ValidUntil
            FROM access_grant_person p
            JOIN access_grant g USING (access_grant_id)
            LEFT JOIN access_grant_revocation r USING (access_grant_id)
            WHERE p.person = @subject AND g.valid_from <= @now AND g.valid_until > @now AND r.access_grant_id IS NULL
            ORDER BY g.valid_until DESC, g.access_grant_id
            LIMIT @Most
            """,
            new { subject, now = clock.GetUtcNow(), Most },
            cancellationToken: ct));
        return TypedResults.Ok(rows.Select(row => row.ToGrant(options.Value.UrlOf(row.Biobank, tokens.Value.Authority))).ToArray());
    }

    private sealed record Row(
        Guid GrantId, string Biobank, string Dataset, string Project, string Purpose, DateTime DecidedAt, DateTime ValidUntil)
    {
        public LiveGrant ToGrant(string biobankUrl) => new(
            GrantId,
            Biobank,
            Dataset,
            Project,
            JsonSerializer.Deserialize<Purpose>(Purpose, ServiceDefaultsExtensions.Json)!,
            VisaWords.Dataset(biobankUrl, Dataset),
            VisaWords.Committee(biobankUrl),
            DecidedAt,
            ValidUntil);
    }
}
