using System.Collections.Frozen;
using System.Text.Json;
using Dapper;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn;

/// <summary>The enabled clients, in memory with their keys imported; read again every few seconds.</summary>
public sealed class ClientRegistry(NpgsqlDataSource database)
{
    private volatile FrozenDictionary<string, (string Jwk, Client Client)> _clients = FrozenDictionary<string, (string, Client)>.Empty;

    public Client? Find(string clientId) => _clients.TryGetValue(clientId, out var found) ? found.Client : null;

    /// <summary>Whether this is the audience of a registered node.</summary>
    public bool IsNode(string audience) => Find(audience) is { IsNode: true };

    public async Task RefreshAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT client_id AS ClientId, public_jwk::text AS Jwk, roles, audiences, grants, permissions
            FROM client
            WHERE enabled
            ORDER BY client_id
            """,
            cancellationToken: ct));
        var before = _clients;
        _clients = rows.ToFrozenDictionary(row => row.ClientId, row => (row.Jwk, new Client(
            row.ClientId,
            before.TryGetValue(row.ClientId, out var old) && old.Jwk == row.Jwk ? old.Client.Key : ReadKey(row),
            row.Roles,
            row.Audiences,
            row.Grants,
            row.Permissions)));
    }

    private static VerificationKey ReadKey(Row row) =>
        VerificationKey.Read(JsonElement.Parse(row.Jwk))
        ?? throw new InvalidOperationException($"The key of client {row.ClientId} in the database is unusable.");

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Row
    {
        public string ClientId { get; init; } = "";

        public string Jwk { get; init; } = "";

        public string[] Roles { get; init; } = [];

        public string[] Audiences { get; init; } = [];

        public string[] Grants { get; init; } = [];

        public string[] Permissions { get; init; } = [];
    }
}
