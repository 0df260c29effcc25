using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>A client as operators see it: its entry, and who keeps it.</summary>
/// <param name="ManagedBy"><c>file</c> (the deployment's clients file) or <c>operator</c>.</param>
/// <param name="Enabled">False: kept for the record, refused everywhere.</param>
public sealed record RegisteredClient(
    string Id,
    JsonElement? PublicKey,
    string Name,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Audiences,
    IReadOnlyList<string> Grants,
    IReadOnlyList<string> Permissions,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> RedirectUris,
    IReadOnlyList<string> PostLogoutRedirectUris,
    string? BackChannelLogoutUri,
    bool RequiresPushed,
    string AssertionAudience,
    string ManagedBy,
    bool Enabled);

/// <summary>What the operators' use cases of clients have in common.</summary>
internal static class ClientRecords
{
    public static ProblemHttpResult KeptByFile(string id) => Problems.Conflict(
        "idbroker.client-in-file", $"{id} is kept by the deployment's clients file.", "Change the file and start an instance again: what left the file is disabled.");

    public static ProblemHttpResult Refuse(ClientFault fault) => Problems.Unprocessable($"idbroker.{fault.Code}", fault.Title, fault.Mend, fault.At);

    /// <summary>Who keeps the client (null: nobody has it yet). Its row is held until the transaction ends.</summary>
    public static Task<string?> LockAsync(NpgsqlTransaction transaction, string id, CancellationToken ct) =>
        transaction.Connection!.ExecuteScalarAsync<string?>(new(
            "SELECT managed_by FROM client WHERE client_id = @id FOR UPDATE", new { id }, transaction, cancellationToken: ct));

    /// <summary>What an operator did to a client, for the ledger.</summary>
    public static Task TellAsync(
        NpgsqlTransaction transaction, ClaimsPrincipal user, DateTimeOffset now, string kind, string id, CancellationToken ct, string? reason = null) =>
        AccessEvents.AppendAsync(
            transaction,
            new(now, user.ActorId(), kind, id)
            {
                Client = user.FindFirstValue(TokenClaims.ClientId),
                Acr = user.FindFirstValue(TokenClaims.Acr),
                Reason = reason,
            },
            ct);

    /// <param name="id">Null for all, by their ids.</param>
    public static async Task<IReadOnlyList<RegisteredClient>> ReadAsync(NpgsqlConnection connection, string? id, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT client_id AS ClientId, public_jwk::text AS Jwk, display_name AS Name, roles, audiences, grants, permissions, scopes,
                   redirect_uris AS RedirectUris, post_logout_redirect_uris AS PostLogoutRedirectUris,
                   backchannel_logout_uri AS BackChannelLogoutUri, requires_pushed AS RequiresPushed,
                   assertion_audience AS AssertionAudience, managed_by AS ManagedBy, enabled
            FROM client
            WHERE @id::text IS NULL OR client_id = @id
            ORDER BY client_id
            """,
            new { id },
            cancellationToken: ct));
        return [.. rows.Select(row => row.ToClient())];
    }

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Row
    {
        public string ClientId { get; init; } = "";

        public string? Jwk { get; init; }

        public string Name { get; init; } = "";

        public string[] Roles { get; init; } = [];

        public string[] Audiences { get; init; } = [];

        public string[] Grants { get; init; } = [];

        public string[] Permissions { get; init; } = [];

        public string[] Scopes { get; init; } = [];

        public string[] RedirectUris { get; init; } = [];

        public string[] PostLogoutRedirectUris { get; init; } = [];

        public string? BackChannelLogoutUri { get; init; }

        public bool RequiresPushed { get; init; }

        public string AssertionAudience { get; init; } = "";

        public string ManagedBy { get; init; } = "";

        public bool Enabled { get; init; }

        public RegisteredClient ToClient() => new(
            ClientId,
            Jwk is null ? null : JsonElement.Parse(Jwk),
            Name,
            Roles,
            Audiences,
            Grants,
            Permissions,
            Scopes,
            RedirectUris,
            PostLogoutRedirectUris,
            BackChannelLogoutUri,
            RequiresPushed,
            AssertionAudience,
            ManagedBy,
            Enabled);
    }
}
