using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>An operator sees every client there is or was, and what each may ask for.</summary>
public static class ListClients
{
    public sealed record Response(IReadOnlyList<RegisteredClient> Clients);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/clients", HandleAsync)
        .WithName(nameof(ListClients))
        .RequireAuthorization(Policies.Operator);

    internal static async Task<Ok<Response>> HandleAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return TypedResults.Ok(new Response(await ClientRecords.ReadAsync(connection, null, ct)));
    }
}
