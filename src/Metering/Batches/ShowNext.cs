using System.Security.Claims;
using Dapper;
using Kakehashi.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Metering.Batches;

/// <summary>Where a node's delivery goes on: everything below the answer is durable here.</summary>
public static class ShowNext
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/batches/{node}/next", HandleAsync)
        .WithName(nameof(ShowNext))
        .RequireAuthorization(Policies.Delivering);

    internal static async Task<Results<Ok<LedgerBatchReceipt>, ProblemHttpResult>> HandleAsync(
        string node, ClaimsPrincipal user, NpgsqlDataSource database, CancellationToken ct)
    {
        if (!user.IsNode(node))
        {
            return DeliveringNode.Foreign();
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var next = await connection.ExecuteScalarAsync<long>("SELECT next_index FROM node WHERE node = @node", new { node });
        return TypedResults.Ok(new LedgerBatchReceipt(next));
    }
}
