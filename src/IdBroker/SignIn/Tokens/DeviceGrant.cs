using Dapper;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>A device asks whether its person has approved it meanwhile (RFC 8628), not too often.</summary>
public sealed class DeviceGrant(NpgsqlDataSource database, PersonTokens tokens, TimeProvider clock)
{
    private static readonly OAuthError Wrong = OAuthError.InvalidGrant("The device code is unknown or used, or not this client's.");

    internal async Task<GrantOutcome> GrantAsync(TokenRequest request, CancellationToken ct)
    {
        if (request.Form["device_code"] is not { } text)
        {
            return OAuthError.InvalidRequest("Send device_code.");
        }

        var (now, hash) = (clock.GetUtcNow(), OpaqueSecret.HashOf(text));
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var device = await connection.QuerySingleOrDefaultAsync<Waiting>(new(
            """
            SELECT client_id AS ClientId, state, family_id AS FamilyId, expires_at AS ExpiresAt,
                   last_polled_at + make_interval(secs => interval_seconds) AS NotBefore
            FROM device_authorization
            WHERE device_code_hash = @hash
            FOR UPDATE
            """,
            new { hash },
            transaction,
            cancellationToken: ct));
        if (device is null || device.ClientId != request.Client.Id || device.State == "used")
        {
            return Wrong;
        }

        var (answer, set) = device.State switch
        {
            _ when now >= device.ExpiresAt => (new OAuthError("expired_token", "The device code has expired: begin again."), null),
            "denied" => (new OAuthError("access_denied", "The person refused."), null),
            "pending" when now < device.NotBefore =>
                (new OAuthError("slow_down", "Ask less often: the interval is five seconds longer from now on."), "interval_seconds = interval_seconds + 5, last_polled_at = @now"),
            "pending" => (new OAuthError("authorization_pending", "The person has not decided yet."), "last_polled_at = @now"),
            _ => ((OAuthError?)null, "state = 'used'"),
        };
        if (set is not null)
        {
            await connection.ExecuteAsync(new(
                $"UPDATE device_authorization SET {set} WHERE device_code_hash = @hash", new { now, hash }, transaction, cancellationToken: ct));
        }

        var outcome = answer ?? await IssueAsync(transaction, device.FamilyId!.Value, request, ct);
        await transaction.CommitAsync(ct);
        return outcome;
    }

    private async Task<GrantOutcome> IssueAsync(NpgsqlTransaction transaction, Guid familyId, TokenRequest request, CancellationToken ct)
    {
        if (await TokenFamilies.LockAsync(transaction, familyId, ct) is not { IsEnded: false } family)
        {
            return Wrong;
        }

        if (request.KeyThumbprint is { } thumbprint)
        {
            await TokenFamilies.BindAsync(transaction, familyId, thumbprint, ct);
            family = family with { KeyThumbprint = thumbprint };
        }

        return await tokens.IssueAsync(transaction, family, request.Client, family.Scopes, null, ct);
    }

    private sealed record Waiting(string ClientId, string State, Guid? FamilyId, DateTime ExpiresAt, DateTime? NotBefore);
}
