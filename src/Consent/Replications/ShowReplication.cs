using System.Text.Json.Serialization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Consent.Replications;

/// <summary>How far each biobank's node is with the consent changes, and since when it was not heard.</summary>
public static class ShowReplication
{
    /// <param name="Head">Newest change recorded.</param>
    /// <param name="Acknowledged">Newest change the node has applied.</param>
    /// <param name="LastContactAt">When the node last confirmed anything; null: never.</param>
    /// <param name="AlarmedAt">Since when nothing is sent, because the node claims more than was recorded.</param>
    /// <param name="Claimed">What it claims.</param>
    public sealed record Line(
        string Biobank,
        long Head,
        long Acknowledged,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? LastContactAt,
        DateTimeOffset? AlarmedAt,
        long? Claimed);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/replication", HandleAsync)
        .WithName(nameof(ShowReplication))
        .RequireAuthorization(Policies.Watching);

    internal static async Task<Ok<Line[]>> HandleAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT b.biobank_id AS Biobank, b.head AS Head, r.acknowledged AS Acknowledged, r.last_contact_at AS LastContactAt,
                   r.alarmed_at AS AlarmedAt, r.claimed AS Claimed
            FROM biobank b
            JOIN replication r USING (biobank_id)
            ORDER BY b.biobank_id
            """,
            cancellationToken: ct));
        return TypedResults.Ok(rows
            .Select(r => new Line(r.Biobank, r.Head, r.Acknowledged, r.LastContactAt, r.AlarmedAt, r.Claimed))
            .ToArray());
    }

    private sealed record Row(
        string Biobank, long Head, long Acknowledged, DateTime? LastContactAt, DateTime? AlarmedAt, long? Claimed);
}
