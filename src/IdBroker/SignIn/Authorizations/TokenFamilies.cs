using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>All tokens that came from one authorization of one person for one client.</summary>
public sealed record TokenFamily(Guid FamilyId, string ClientId, Guid SessionId, IReadOnlyList<string> Scopes, string? KeyThumbprint, bool IsEnded);

/// <summary>Families of tokens, and what their secrets in circulation stand for. Each method is part of the caller's transaction.</summary>
public static class TokenFamilies
{
    public static readonly TimeSpan CodeLife = TimeSpan.FromSeconds(60);

    public static async Task<Guid> StartAsync(
        NpgsqlTransaction transaction, string clientId, Guid sessionId, IReadOnlyList<string> scopes, string? keyThumbprint, DateTimeOffset now, CancellationToken ct)
    {
        var familyId = Guid.CreateVersion7(now);
        await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO token_family (family_id, client_id, session_id, scopes, dpop_jkt, created_at)
            VALUES (@familyId, @clientId, @sessionId, @scopes, @keyThumbprint, @now)
            """,
            new { familyId, clientId, sessionId, scopes = scopes.ToArray(), keyThumbprint, now },
            transaction,
            cancellationToken: ct));
        return familyId;
    }

    /// <summary>The family, locked until the transaction ends: of two uses of one secret the second waits and then sees the first.</summary>
    public static async Task<TokenFamily?> LockAsync(NpgsqlTransaction transaction, Guid familyId, CancellationToken ct)
    {
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>(new(
            """
            SELECT family_id AS FamilyId, client_id AS ClientId, session_id AS SessionId, scopes, dpop_jkt AS KeyThumbprint, ended_at IS NOT NULL AS IsEnded
            FROM token_family
            WHERE family_id = @familyId
            FOR UPDATE
            """,
            new { familyId },
            transaction,
            cancellationToken: ct));
        return row is null ? null : new(row.FamilyId, row.ClientId, row.SessionId, row.Scopes, row.KeyThumbprint, row.IsEnded);
    }

    /// <summary>Binds the family to the key its client proved first.</summary>
    public static Task BindAsync(NpgsqlTransaction transaction, Guid familyId, string keyThumbprint, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(new(
            "UPDATE token_family SET dpop_jkt = @keyThumbprint WHERE family_id = @familyId",
            new { keyThumbprint, familyId },
            transaction,
            cancellationToken: ct));

    /// <returns>The new refresh token.</returns>
    public static async Task<string> AddRefreshTokenAsync(NpgsqlTransaction transaction, Guid familyId, DateTimeOffset now, CancellationToken ct)
    {
        var token = OpaqueSecret.Create();
        await transaction.Connection!.ExecuteAsync(new(
            "INSERT INTO refresh_token (token_hash, family_id, created_at) VALUES (@hash, @familyId, @now)",
            new { hash = OpaqueSecret.HashOf(token), familyId, now },
            transaction,
            cancellationToken: ct));
        return token;
    }

    /// <summary>Ends every token of the family. The reason is the event's.</summary>
    public static async Task EndAsync(NpgsqlTransaction transaction, TokenFamily family, string actor, string reason, DateTimeOffset now, CancellationToken ct)
    {
        var ended = await transaction.Connection!.ExecuteAsync(new(
            "UPDATE token_family SET ended_at = @now, end_reason = @reason WHERE family_id = @FamilyId AND ended_at IS NULL",
            new { now, reason, family.FamilyId },
            transaction,
            cancellationToken: ct));
        if (ended == 1 || reason.EndsWith("replayed", StringComparison.Ordinal))
        {
            await AccessEvents.AppendAsync(
                transaction,
                new(now, actor, "token-family.revoked", family.SessionId.ToString("N")) { Client = family.ClientId, Reason = reason },
                ct);
        }
    }

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Row
    {
        public Guid FamilyId { get; init; }

        public string ClientId { get; init; } = "";

        public Guid SessionId { get; init; }

        public string[] Scopes { get; init; } = [];

        public string? KeyThumbprint { get; init; }

        public bool IsEnded { get; init; }
    }
}
