using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>An operator sees one client.</summary>
public static class ShowClient
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/clients/{id}", HandleAsync)
        .WithName(nameof(ShowClient))
        .RequireAuthorization(Policies.Operator);

    internal static async Task<Results<Ok<RegisteredClient>, NotFound>> HandleAsync(string id, NpgsqlDataSource database, CancellationToken ct)
    {
        if (!ClientRules.IsId(id))
        {
            return TypedResults.NotFound();
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        return await ClientRecords.ReadAsync(connection, id, ct) is [{ } client] ? TypedResults.Ok(client) : TypedResults.NotFound();
    }
}
