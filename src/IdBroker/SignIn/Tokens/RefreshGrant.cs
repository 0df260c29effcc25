using Dapper;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>
/// A refresh token becomes new tokens and a successor, and is used up. When a used one comes again, two parties hold the
/// family's secrets: the whole family ends, and both must sign in again (RFC 9700 section 4.14).
/// </summary>
public sealed class RefreshGrant(NpgsqlDataSource database, PersonTokens tokens, TimeProvider clock)
{
    private static readonly OAuthError Wrong = OAuthError.InvalidGrant(
        "The refresh token is unknown, used or ended, or it is not this client's or this key's: sign in again.");

    internal async Task<GrantOutcome> GrantAsync(TokenRequest request, CancellationToken ct)
    {
        if (request.Form["refresh_token"] is not { } text)
        {
            return OAuthError.InvalidRequest("Send refresh_token.");
        }

        var (now, hash) = (clock.GetUtcNow(), OpaqueSecret.HashOf(text));
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // FOR UPDATE: of two uses at once the second waits here, then sees that the token was used.
        var token = await connection.QuerySingleOrDefaultAsync<(Guid FamilyId, DateTime? UsedAt)?>(new(
            "SELECT family_id, used_at FROM refresh_token WHERE token_hash = @hash FOR UPDATE",
            new { hash },
            transaction,
            cancellationToken: ct));
        if (token is not { } held || await TokenFamilies.LockAsync(transaction, held.FamilyId, ct) is not { } family
            || family.ClientId != request.Client.Id || family.IsEnded)
        {
            return Wrong;
        }

        if (held.UsedAt is not null)
        {
            await TokenFamilies.EndAsync(transaction, family, request.Client.Id, "refresh-token-replayed", now, ct);
            await transaction.CommitAsync(ct);
            return Wrong;
        }

        if (family.KeyThumbprint is not null && family.KeyThumbprint != request.KeyThumbprint)
        {
            return Wrong;
        }

        var scopes = AuthorizationRules.Words(request.Form["scope"]) is { Length: > 0 } fewer ? fewer : family.Scopes;
        if (!scopes.All(family.Scopes.Contains))
        {
            return new OAuthError("invalid_scope", "scope can only be narrowed.");
        }

        await connection.ExecuteAsync(new(
            "UPDATE refresh_token SET used_at = @now WHERE token_hash = @hash", new { now, hash }, transaction, cancellationToken: ct));
        var outcome = await tokens.IssueAsync(transaction, family, request.Client, scopes, null, ct);
        await transaction.CommitAsync(ct);
        return outcome;
    }
}
