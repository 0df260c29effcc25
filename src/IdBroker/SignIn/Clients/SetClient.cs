using System.Security.Claims;
using Dapper;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>
/// An operator registers a client, changes it, or takes a disabled one back: it is from now on what the entry says, at every
/// instance. The clients of the deployment's file are not touched.
/// </summary>
public static class SetClient
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/clients/{id}", HandleAsync)
        .WithName(nameof(SetClient))
        .RequireAuthorization(Policies.OperatorNow);

    internal static async Task<Results<Ok<RegisteredClient>, Created<RegisteredClient>, ProblemHttpResult>> HandleAsync(
        string id,
        ClientEntry entry,
        ClaimsPrincipal user,
        ClientRegistry registry,
        NpgsqlDataSource database,
        IOptions<IdBrokerOptions> options,
        TimeProvider clock,
        ILogger<RegisteredClient> logger,
        CancellationToken ct)
    {
        if (entry.Id != id)
        {
            return Problems.Unprocessable("idbroker.client-other-id", "The entry is another client's.", "The id in the entry is the one in the address.", "/id");
        }

        if (ClientRules.WhyNot(entry, byOperator: true, options.Value.IsLocal) is { } fault)
        {
            return ClientRecords.Refuse(fault);
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await ClientRecords.LockAsync(transaction, id, ct) == "file")
        {
            return ClientRecords.KeptByFile(id);
        }

        // True for a new client, false for a changed one, null when the entry says what was so before.
        var isNew = await connection.ExecuteScalarAsync<bool?>(
            new(ClientRows.Upsert, ClientRows.Of(entry, "operator"), transaction, cancellationToken: ct));
        if (isNew is not null)
        {
            await ClientRecords.TellAsync(transaction, user, now, isNew.Value ? "client.registered" : "client.changed", id, ct);
        }

        var client = (await ClientRecords.ReadAsync(connection, id, ct))[0];
        await transaction.CommitAsync(ct);
        await registry.RefreshAsync(ct);
        Log.ClientSet(logger, id, isNew switch { true => "registered", false => "changed", null => "as before" });
        return isNew == true ? TypedResults.Created($"/clients/{id}", client) : TypedResults.Ok(client);
    }
}
