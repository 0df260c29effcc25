using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Passports;

/// <summary>
/// A person's access token becomes their passport (RFC 8693 as GA4GH AAI 1.2.1 profiles it): only while the person's agreement
/// with the client they signed in to lasts, and their session with it.
/// </summary>
public sealed class PassportGrant(
    Passports passports, TokenVerifier verifier, SignInSessions sessions, NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly OAuthError NotAgreed = new("access_denied", "The person has not agreed, or no longer agrees, that this client hears their passport.");

    internal async Task<GrantOutcome> GrantAsync(TokenRequest request, CancellationToken ct)
    {
        // For the platform's nodes, or for the client to look into; nobody gets one that counts elsewhere.
        var audience = request.Form["audience"] ?? request.Client.Id;
        if (audience != request.Client.Id && !request.Client.MayAddress(audience, isNode: false))
        {
            return OAuthError.InvalidTarget("The audience of a passport is kakehashi, or the client itself.");
        }

        var (claims, refusal) = await verifier.VerifyAsync(request.Form["subject_token"] ?? "", ct);
        if (refusal is not null)
        {
            return OAuthError.InvalidRequest($"subject_token: {refusal}: {TokenRefusals.Texts[refusal].Title}");
        }

        if (!Guid.TryParseExact(claims.Text(TokenClaims.Session), "N", out var sessionId)
            || await sessions.FindAsync(sessionId, ct) is not { } session
            || !await IsAgreedAsync(session, claims, ct))
        {
            return NotAgreed;
        }

        if (await passports.VisasAsync(session.AccountId, ct) is not { } visas)
        {
            return new OAuthError("temporarily_unavailable", "Consent gives no answer about the person's grants at the moment. Try again in a few seconds.");
        }

        await RecordAsync(session, request.Client, ct);
        return new TokenAnswer(
            passports.SignPassport(session.AccountId, audience, visas), (int)PassportRules.PassportLife.TotalSeconds, audience, VisaWords.PassportTokenType)
        {
            TokenType = "N_A", // RFC 8693 section 2.2.1: what is no access token
        };
    }

    /// <summary>For userinfo: the visas that the person lets this token's client hear; null when none, or when they cannot be had now.</summary>
    internal async Task<IReadOnlyList<string>?> AgreedVisasAsync(SignInSession session, JsonElement claims, CancellationToken ct) =>
        await IsAgreedAsync(session, claims, ct) ? await passports.VisasAsync(session.AccountId, ct) : null;

    private async Task<bool> IsAgreedAsync(SignInSession session, JsonElement claims, CancellationToken ct)
    {
        if (!AuthorizationRules.Words(claims.Text(TokenClaims.Scope)).Contains(AuthorizationRules.PassportScope))
        {
            return false;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<bool>(new(
            """
            SELECT EXISTS (SELECT FROM release_agreement
                           WHERE account_id = @AccountId AND client_id = @clientId AND scope = @scope AND revoked_at IS NULL)
            """,
            new { session.AccountId, clientId = claims.Text("client_id"), scope = AuthorizationRules.PassportScope },
            cancellationToken: ct));
    }

    private async Task RecordAsync(SignInSession session, Client client, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await AccessEvents.AppendAsync(
            transaction,
            new(clock.GetUtcNow(), client.Id, "passport.issued", session.AccountId) { Client = client.Id, Acr = session.Acr },
            ct);
        await transaction.CommitAsync(ct);
    }
}
