using System.Text.Json;
using Dapper;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>A request that waits while its person signs in. The browser carries only its id.</summary>
/// <param name="ClientId">Null when no client asks: the person opened one of our own pages.</param>
/// <param name="Parameters">As the client sent them.</param>
public sealed record PendingRequest(string? ClientId, IReadOnlyDictionary<string, string> Parameters, DateTimeOffset CreatedAt)
{
    /// <summary>The page of ours to go on with after the sign-in, when no client asks.</summary>
    public const string PageParameter = "page";

    public string? this[string name] => Parameters.GetValueOrDefault(name);
}

/// <summary>Keeps requests between the browser's steps, at whichever instance the next one arrives.</summary>
public sealed class AuthorizationRequests(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How long a person may take to sign in.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>How long a pushed request waits for its browser (RFC 9126).</summary>
    public static readonly TimeSpan PushedLife = TimeSpan.FromSeconds(90);

    /// <returns>The request's id: it is not guessable, and opens nothing without a sign-in.</returns>
    public async Task<string> AddAsync(string? clientId, IReadOnlyDictionary<string, string> parameters, TimeSpan life, CancellationToken ct)
    {
        var (id, now) = (OpaqueSecret.Create(), clock.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new(
            """
            INSERT INTO authorization_request (request_hash, client_id, parameters, created_at, expires_at)
            VALUES (@hash, @clientId, @parameters::jsonb, @now, @expires)
            """,
            new { hash = OpaqueSecret.HashOf(id), clientId, parameters = JsonSerializer.Serialize(parameters), now, expires = now + life },
            cancellationToken: ct));
        return id;
    }

    /// <summary>Our own page asks for a sign-in, to go on with that page.</summary>
    public Task<string> AddPageAsync(string pathAndQuery, CancellationToken ct) =>
        AddAsync(null, new Dictionary<string, string> { [PendingRequest.PageParameter] = pathAndQuery }, Patience, ct);

    public async Task<PendingRequest?> FindAsync(string id, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<(string? ClientId, string Parameters, DateTime CreatedAt)?>(new(
            """
            SELECT client_id, parameters::text, created_at
            FROM authorization_request
            WHERE request_hash = @hash AND expires_at > @now
            """,
            new { hash = OpaqueSecret.HashOf(id), now = clock.GetUtcNow() },
            cancellationToken: ct));
        return row is not { } found
            ? null
            : new(found.ClientId, JsonSerializer.Deserialize<Dictionary<string, string>>(found.Parameters)!, new(found.CreatedAt, TimeSpan.Zero));
    }

    /// <summary>A pushed request has met its browser: from now on its person may take their time. Null when it came too late.</summary>
    public async Task<PendingRequest?> TakeUpAsync(string id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } request)
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new(
            "UPDATE authorization_request SET expires_at = created_at + @Patience WHERE request_hash = @hash",
            new { Patience, hash = OpaqueSecret.HashOf(id) },
            cancellationToken: ct));
        return request;
    }

    /// <summary>The person declined part of what was asked.</summary>
    public async Task NarrowAsync(string id, IEnumerable<string> scopes, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new(
            "UPDATE authorization_request SET parameters = jsonb_set(parameters, '{scope}', to_jsonb(@scope)) WHERE request_hash = @hash",
            new { scope = string.Join(' ', scopes), hash = OpaqueSecret.HashOf(id) },
            cancellationToken: ct));
    }

    /// <summary>A request is answered once. False when another answer was quicker.</summary>
    public static async Task<bool> CloseAsync(NpgsqlTransaction transaction, string id, CancellationToken ct) =>
        await transaction.Connection!.ExecuteAsync(new(
            "DELETE FROM authorization_request WHERE request_hash = @hash",
            new { hash = OpaqueSecret.HashOf(id) },
            transaction,
            cancellationToken: ct)) == 1;
}
