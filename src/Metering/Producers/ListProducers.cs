using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Metering.Producers;

/// <summary>An auditor sees how far each node and service has delivered, and whether one contradicted itself.</summary>
public static class ListProducers
{
    /// <param name="Entries">Entries of the producer's ledger that are here.</param>
    /// <param name="LastIndex">Index of the last of them in the producer's ledger; null when there is none.</param>
    /// <param name="Conflicts">Entries that the producer delivered again with different content.</param>
    public sealed record Response(string Producer, long Entries, long? LastIndex, DateTimeOffset? LastReceivedAt, long Conflicts);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/producers", HandleAsync)
        .WithName(nameof(ListProducers))
        .RequireAuthorization(Policies.Auditing);

    internal static async Task<Ok<IReadOnlyList<Response>>> HandleAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<(string Producer, long Next, DateTime? LastReceivedAt, long Conflicts)>(
            """
            SELECT producer, next_index, last_received_at,
                   (SELECT count(*) FROM conflict WHERE conflict.producer = producer.producer) AS conflicts
            FROM producer ORDER BY producer
            """);
        return TypedResults.Ok<IReadOnlyList<Response>>(
            [.. rows.Select(row => new Response(row.Producer, row.Next, row.Next == 0 ? null : row.Next - 1, row.LastReceivedAt, row.Conflicts))]);
    }
}
