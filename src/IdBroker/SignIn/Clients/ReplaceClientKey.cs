using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>An operator gives a client a new key. The old one proves nothing from this moment on, at any instance.</summary>
public static class ReplaceClientKey
{
    /// <param name="PublicKey">A JWK object, or a text with a PEM public key (EC P-256).</param>
    public sealed record Request([property: JsonRequired] JsonElement PublicKey);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/clients/{id}/key", HandleAsync)
        .WithName(nameof(ReplaceClientKey))
        .RequireAuthorization(Policies.OperatorNow);

    internal static async Task<Results<Ok<RegisteredClient>, NotFound, ProblemHttpResult>> HandleAsync(
        string id,
        Request request,
        ClaimsPrincipal user,
        ClientRegistry registry,
        NpgsqlDataSource database,
        TimeProvider clock,
        ILogger<Request> logger,
        CancellationToken ct)
    {
        if (ClientKeys.Read(request.PublicKey, out var fault) is not { } jwk)
        {
            return ClientRecords.Refuse(fault!);
        }

        if (!ClientRules.IsId(id))
        {
            return TypedResults.NotFound();
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        switch (await ClientRecords.LockAsync(transaction, id, ct))
        {
            case null: return TypedResults.NotFound();
            case "file": return ClientRecords.KeptByFile(id);
        }

        var client = (await ClientRecords.ReadAsync(connection, id, ct))[0];
        if (client.PublicKey is null)
        {
            return Problems.Conflict(
                "idbroker.client-is-public", $"{id} is a public client and has no key.", "Register it anew with a publicKey if it can keep one.");
        }

        var changed = await connection.ExecuteAsync(new(
            "UPDATE client SET public_jwk = @jwk::jsonb WHERE client_id = @id AND public_jwk <> @jwk::jsonb", new { jwk, id }, transaction, cancellationToken: ct));
        if (changed == 1)
        {
            await ClientRecords.TellAsync(transaction, user, clock.GetUtcNow(), "client.changed", id, ct, "key-replaced");
        }

        await transaction.CommitAsync(ct);
        await registry.RefreshAsync(ct);
        Log.ClientSet(logger, id, changed == 1 ? "given a new key" : "as before");
        return TypedResults.Ok(client with { PublicKey = JsonElement.Parse(jwk) });
    }
}
