using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>
/// A client proves itself with a short statement signed by its own key (private_key_jwt, RFC 7523), made for this issuer
/// only, and never shown twice. There is no other way in: no shared secrets exist.
/// </summary>
public sealed class ClientAuthentication(
    ClientRegistry clients, NpgsqlDataSource database, IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    public static readonly IReadOnlyList<string> Algorithms = [VerificationKey.Es256, VerificationKey.Rs256];

    private const int LongestJti = 128;

    // One text for both, so that client ids cannot be probed.
    private static readonly OAuthError Unproven =
        OAuthError.InvalidClient("The client is not registered, or the assertion is not signed with its key.");

    private static readonly OAuthError UsedUp = OAuthError.InvalidClient(
        "This assertion was used before. Make a new assertion with a new jti for every request.");

    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    /// <summary>The client, proven; or why it is not. A public client has nothing to prove itself with: what it gets is bound by DPoP.</summary>
    public async Task<(Client? Client, OAuthError? Error)> AuthenticateAsync(TokenForm form, CancellationToken ct)
    {
        if (form["client_assertion"] is null && form["client_id"] is { } id && await clients.FindNowAsync(id, ct) is { IsPublic: true } open)
        {
            return (open, null);
        }

        if (form["client_assertion_type"] != ClientAssertion.AssertionType || form["client_assertion"] is not { } text)
        {
            return (null, OAuthError.InvalidClient($"Send client_assertion, with client_assertion_type {ClientAssertion.AssertionType}."));
        }

        var (client, subject, error) = await ReadAsync(text, ClientAssertion.Types, ct);
        if (client is null)
        {
            return (null, error);
        }

        return subject != client.Id ? (null, OAuthError.InvalidClient("The assertion's iss and sub must both be the client id."))
            : form["client_id"] is { } named && named != client.Id ? (null, OAuthError.InvalidClient("client_id is not the assertion's client."))
            : (client, null);
    }

    /// <summary>The account for which a proven client asks with a second assertion (RFC 7523 section 2.1).</summary>
    public async Task<(string? Account, OAuthError? Error)> ReadGrantAsync(string text, Client client, CancellationToken ct)
    {
        var (signer, subject, error) = await ReadAsync(text, [ClientAssertion.GrantType], ct);
        return error is not null ? (null, OAuthError.InvalidGrant(error.Description))
            : signer!.Id != client.Id ? (null, OAuthError.InvalidGrant("The assertion is another client's."))
            : (subject, null);
    }

    private async Task<(Client? Client, string? Subject, OAuthError? Error)> ReadAsync(
        string text, IReadOnlyList<string?> types, CancellationToken ct)
    {
        // The issuer is read before the signature is checked: it only chooses the key to check with.
        if (CompactJws.Read(text, out var malformed) is not { } jws)
        {
            return (null, null, Refused(malformed!));
        }

        if (!StrictJson.TryReadObject(jws.Payload, out var unproven) || unproven.Text("iss") is not { } id)
        {
            return (null, null, Refused(TokenRefusals.Malformed));
        }

        var client = clients.Find(id);
        var outcome = await ProveAsync(jws, id, client, types, ct);
        if (outcome.Client is not null)
        {
            return outcome;
        }

        // Another instance may have changed the client a moment ago: then what it says now counts.
        var now = await clients.FindNowAsync(id, ct);
        return now?.Revision == client?.Revision ? outcome : await ProveAsync(jws, id, now, types, ct);
    }

    private async Task<(Client? Client, string? Subject, OAuthError? Error)> ProveAsync(
        CompactJws jws, string id, Client? client, IReadOnlyList<string?> types, CancellationToken ct)
    {
        var audience = client is { AddressesTokenEndpoint: true } ? $"{options.Value.Issuer}/token" : options.Value.Issuer;
        var expected = new TokenExpectations(id, audience)
        {
            Type = types.Contains(jws.Type) ? jws.Type : types[0],
            Algorithms = Algorithms,
            Claims = ["sub", "jti"],
            ClockSkew = ClockSkew,
            LongestLife = LongestLife,
        };
        if (TokenRules.WhyNotHeader(jws, expected) is { } header)
        {
            return (null, null, Refused(header));
        }

        if (client?.Key is null || jws.KeyId != client.Key.KeyId)
        {
            return (null, null, Unproven);
        }

        var (claims, refusal) = TokenVerifier.Verify(jws, client.Key, expected, clock.GetUtcNow());
        if (refusal is not null)
        {
            return (null, null, refusal == TokenRefusals.WrongSignature ? Unproven : Refused(refusal));
        }

        var expires = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()) + ClockSkew;
        var jti = claims.Text("jti")!;
        if (jti.Length > LongestJti || jti.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return (null, null, OAuthError.InvalidClient($"jti must be at most {LongestJti} printable ASCII characters."));
        }

        return await UseAsync(client, jti, expires, ct) ? (client, claims.Text("sub"), null) : (null, null, UsedUp);
    }

    /// <summary>
    /// False when the assertion was used before. The unique key decides between instances; a client that was disabled or changed a
    /// moment ago finds no row to stand on.
    /// </summary>
    private async Task<bool> UseAsync(Client client, string jti, DateTimeOffset expires, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO used_assertion (client_id, jti, expires_at)
            SELECT client_id, $2, $3 FROM client WHERE client_id = $1 AND enabled AND revision = $4
            ON CONFLICT DO NOTHING
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = client.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = jti });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = expires.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = client.Revision });
        await command.PrepareAsync(ct); // once for each pooled connection
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    private static OAuthError Refused(string reason)
    {
        var (title, _) = TokenRefusals.Texts[reason];
        return OAuthError.InvalidClient($"{reason}: {title}");
    }
}
