using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>
/// A code becomes tokens, once, for the client and the verifier it was made for. A code that is shown again was stolen: all
/// that came from it ends.
/// </summary>
public sealed class CodeGrant(NpgsqlDataSource database, PersonTokens tokens, TimeProvider clock)
{
    private const int ShortestVerifier = 43;
    private const int LongestVerifier = 128;

    // One text for all, so that a code cannot be probed.
    private static readonly OAuthError Wrong = OAuthError.InvalidGrant(
        "The code is unknown, used or expired, or it is not this client's, this redirect_uri's, this code_verifier's or this key's.");

    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    internal async Task<GrantOutcome> GrantAsync(TokenRequest request, CancellationToken ct)
    {
        if (request.Form["code"] is not { } text || request.Form["redirect_uri"] is not { } redirectUri || request.Form["code_verifier"] is not { } verifier)
        {
            return OAuthError.InvalidRequest("Send code, redirect_uri and code_verifier.");
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // FOR UPDATE: of two uses at once the second waits here, then sees that the code was used.
        var code = await connection.QuerySingleOrDefaultAsync<Code>(new(
            """
            SELECT family_id AS FamilyId, redirect_uri AS RedirectUri, code_challenge AS CodeChallenge, nonce,
                   expires_at AS ExpiresAt, used_at IS NOT NULL AS IsUsed
            FROM authorization_code
            WHERE code_hash = @hash
            FOR UPDATE
            """,
            new { hash = OpaqueSecret.HashOf(text) },
            transaction,
            cancellationToken: ct));
        if (code is null || await TokenFamilies.LockAsync(transaction, code.FamilyId, ct) is not { } family || family.ClientId != request.Client.Id)
        {
            return Wrong;
        }

        if (code.IsUsed)
        {
            await TokenFamilies.EndAsync(transaction, family, request.Client.Id, "code-replayed", now, ct);
            await transaction.CommitAsync(ct);
            return Wrong;
        }

        if (WhyNot(code, family, redirectUri, verifier, request, now))
        {
            return Wrong;
        }

        await connection.ExecuteAsync(new(
            "UPDATE authorization_code SET used_at = @now WHERE code_hash = @hash",
            new { now, hash = OpaqueSecret.HashOf(text) },
            transaction,
            cancellationToken: ct));
        if (request.KeyThumbprint is { } thumbprint && family.KeyThumbprint is null)
        {
            await TokenFamilies.BindAsync(transaction, family.FamilyId, thumbprint, ct);
            family = family with { KeyThumbprint = thumbprint };
        }

        var outcome = await tokens.IssueAsync(transaction, family, request.Client, family.Scopes, code.Nonce, ct);
        await transaction.CommitAsync(ct);
        return outcome;
    }

    private static bool WhyNot(Code code, TokenFamily family, string redirectUri, string verifier, TokenRequest request, DateTimeOffset now) =>
        family.IsEnded
        || now >= code.ExpiresAt
        || redirectUri != code.RedirectUri
        || !Fits(verifier, code.CodeChallenge)
        || (family.KeyThumbprint is not null && family.KeyThumbprint != request.KeyThumbprint);

    private static bool Fits(string verifier, string challenge) =>
        verifier.Length is >= ShortestVerifier and <= LongestVerifier
        && !verifier.AsSpan().ContainsAnyExcept(Unreserved)
        && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), Encoding.ASCII.GetBytes(challenge));

    private sealed record Code(Guid FamilyId, string RedirectUri, string CodeChallenge, string? Nonce, DateTime ExpiresAt, bool IsUsed);
}
