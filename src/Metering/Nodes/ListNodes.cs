using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Metering.Nodes;

/// <summary>An auditor sees how far each node has delivered, and whether one contradicted itself.</summary>
public static class ListNodes
{
    /// <param name="Entries">Entries of the node's ledger that are here.</param>
    /// <param name="LastIndex">Index of the last of them in the node's ledger; null when there is none.</param>
    /// <param name="Conflicts">Entries that the node delivered again with different content.</param>
    public sealed record Response(string Node, long Entries, long? LastIndex, DateTimeOffset? LastReceivedAt, long Conflicts);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/nodes", HandleAsync)
        .WithName(nameof(ListNodes))
        .RequireAuthorization(Policies.Auditing);

    internal static async Task<Ok<IReadOnlyList<Response>>> HandleAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<(string Node, long Next, DateTime? LastReceivedAt, long Conflicts)>(
            """
            SELECT node, next_index, last_received_at,
                   (SELECT count(*) FROM conflict WHERE conflict.node = node.node) AS conflicts
            FROM node ORDER BY node
            """);
        return TypedResults.Ok<IReadOnlyList<Response>>(
            [.. rows.Select(row => new Response(row.Node, row.Next, row.Next == 0 ? null : row.Next - 1, row.LastReceivedAt, row.Conflicts))]);
    }
}
