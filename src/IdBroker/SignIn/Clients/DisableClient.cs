using System.Security.Claims;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>
/// An operator shuts a client out: it gets nothing more, at any instance, and what it could refresh has ended. It stays on
/// record, and setting it anew takes it back.
/// </summary>
public static class DisableClient
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/clients/{id}/disabled", HandleAsync)
        .WithName(nameof(DisableClient))
        .RequireAuthorization(Policies.OperatorNow);

    internal static async Task<Results<Ok<RegisteredClient>, NotFound, ProblemHttpResult>> HandleAsync(
        string id,
        ClaimsPrincipal user,
        ClientRegistry registry,
        NpgsqlDataSource database,
        TimeProvider clock,
        ILogger<RegisteredClient> logger,
        CancellationToken ct)
    {
        if (!ClientRules.IsId(id))
        {
            return TypedResults.NotFound();
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        switch (await ClientRecords.LockAsync(transaction, id, ct))
        {
            case null: return TypedResults.NotFound();
            case "file": return ClientRecords.KeptByFile(id);
        }

        var disabled = await connection.ExecuteAsync(new(
            "UPDATE client SET enabled = false WHERE client_id = @id AND enabled", new { id }, transaction, cancellationToken: ct));
        if (disabled == 1)
        {
            await connection.ExecuteAsync(new(
                "UPDATE token_family SET ended_at = @now, end_reason = 'client-disabled' WHERE client_id = @id AND ended_at IS NULL",
                new { now, id },
                transaction,
                cancellationToken: ct));
            await ClientRecords.TellAsync(transaction, user, now, "client.disabled", id, ct);
        }

        var client = (await ClientRecords.ReadAsync(connection, id, ct))[0];
        await transaction.CommitAsync(ct);
        await registry.RefreshAsync(ct);
        Log.ClientSet(logger, id, disabled == 1 ? "disabled" : "as before");
        return TypedResults.Ok(client);
    }
}
