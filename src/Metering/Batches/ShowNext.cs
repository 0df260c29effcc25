using System.Security.Claims;
using Dapper;
using Kakehashi.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Metering.Batches;

/// <summary>Where a producer's delivery goes on: everything below the answer is durable here.</summary>
public static class ShowNext
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/batches/{producer}/next", HandleAsync)
        .WithName(nameof(ShowNext))
        .RequireAuthorization(Policies.Delivering);

    internal static async Task<Results<Ok<LedgerBatchReceipt>, ProblemHttpResult>> HandleAsync(
        string producer, ClaimsPrincipal user, NpgsqlDataSource database, CancellationToken ct)
    {
        if (!user.Is(producer))
        {
            return DeliveringProducer.Foreign();
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var next = await connection.ExecuteScalarAsync<long>("SELECT next_index FROM producer WHERE producer = @producer", new { producer });
        return TypedResults.Ok(new LedgerBatchReceipt(next));
    }
}
