using Dapper;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>Proofs of possession (RFC 9449) that are shown to the broker itself; each counts once, at whichever instance.</summary>
public sealed class DpopAtBroker(NpgsqlDataSource database, IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    /// <summary>The thumbprint of the proven key; nothing when no proof was sent; or why the proof is refused.</summary>
    /// <param name="accessToken">The token used with the proof; null at the token endpoint.</param>
    public async Task<(string? KeyThumbprint, OAuthError? Error)> ProveAsync(HttpRequest request, string? accessToken, CancellationToken ct)
    {
        var header = request.Headers[DpopProofs.Scheme];
        if (header.Count == 0)
        {
            return (null, null);
        }

        var url = new Uri(options.Value.Issuer + request.Path);
        if (DpopProofs.Check(header, request.Method, url, accessToken, clock.GetUtcNow(), out var refusal) is not { } proof)
        {
            return (null, OAuthError.InvalidDpopProof(refusal!));
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var isNew = await connection.ExecuteAsync(new(
            "INSERT INTO used_assertion (client_id, jti, expires_at) VALUES (@key, @Id, @ExpiresAt) ON CONFLICT DO NOTHING",
            new { key = $"dpop {proof.KeyThumbprint}", proof.Id, proof.ExpiresAt },
            cancellationToken: ct)) == 1;
        return isNew ? (proof.KeyThumbprint, null) : (null, OAuthError.InvalidDpopProof("This proof was used before."));
    }
}
