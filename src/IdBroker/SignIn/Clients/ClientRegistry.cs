using System.Collections.Frozen;
using System.Text.Json;
using Dapper;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>The enabled clients, in memory with their keys imported; read again every few seconds.</summary>
public sealed class ClientRegistry(NpgsqlDataSource database)
{
    private volatile FrozenDictionary<string, (string? Jwk, Client Client)> _clients = FrozenDictionary<string, (string?, Client)>.Empty;

    public Client? Find(string clientId) => _clients.TryGetValue(clientId, out var found) ? found.Client : null;

    /// <summary>The client as it is registered at this moment, whichever instance changed it.</summary>
    public async Task<Client?> FindNowAsync(string clientId, CancellationToken ct)
    {
        if (!ClientRules.IsId(clientId))
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var revision = await connection.ExecuteScalarAsync<long?>(new(
            "SELECT revision FROM client WHERE client_id = @clientId AND enabled", new { clientId }, cancellationToken: ct));
        if (revision != Find(clientId)?.Revision)
        {
            await RefreshAsync(ct);
        }

        return Find(clientId);
    }

    /// <summary>Whether this is the audience of a registered node.</summary>
    public bool IsNode(string audience) => Find(audience) is { IsNode: true };

    public async Task RefreshAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT client_id AS ClientId, display_name AS Name, public_jwk::text AS Jwk, roles, audiences, grants, permissions, scopes,
                   redirect_uris AS RedirectUris, post_logout_redirect_uris AS PostLogoutRedirectUris,
                   backchannel_logout_uri AS BackChannelLogoutUri, requires_pushed AS RequiresPushed,
                   assertion_audience = 'token-endpoint' AS AddressesTokenEndpoint, revision
            FROM client
            WHERE enabled
            ORDER BY client_id
            """,
            cancellationToken: ct));
        var before = _clients;
        _clients = rows.ToFrozenDictionary(row => row.ClientId, row => (row.Jwk, row.ToClient(
            before.TryGetValue(row.ClientId, out var old) && old.Jwk == row.Jwk ? old.Client.Key : ReadKey(row))));
    }

    private static VerificationKey? ReadKey(Row row) => row.Jwk is null ? null : VerificationKey.Read(JsonElement.Parse(row.Jwk))
        ?? throw new InvalidOperationException($"The key of client {row.ClientId} in the database is unusable.");

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Row
    {
        public string ClientId { get; init; } = "";

        public string Name { get; init; } = "";

        public string? Jwk { get; init; }

        public string[] Roles { get; init; } = [];

        public string[] Audiences { get; init; } = [];

        public string[] Grants { get; init; } = [];

        public string[] Permissions { get; init; } = [];

        public string[] Scopes { get; init; } = [];

        public string[] RedirectUris { get; init; } = [];

        public string[] PostLogoutRedirectUris { get; init; } = [];

        public string? BackChannelLogoutUri { get; init; }

        public bool RequiresPushed { get; init; }

        public bool AddressesTokenEndpoint { get; init; }

        public long Revision { get; init; }

        public Client ToClient(VerificationKey? key) => new(ClientId, key)
        {
            Name = Name,
            Roles = Roles,
            Audiences = Audiences,
            Grants = Grants,
            Permissions = Permissions,
            Scopes = Scopes,
            RedirectUris = RedirectUris,
            PostLogoutRedirectUris = PostLogoutRedirectUris,
            BackChannelLogoutUri = BackChannelLogoutUri,
            RequiresPushed = RequiresPushed,
            AddressesTokenEndpoint = AddressesTokenEndpoint,
            Revision = Revision,
        };
    }
}
