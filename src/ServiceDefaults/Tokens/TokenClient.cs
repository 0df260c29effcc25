using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kakehashi.Contracts;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>
/// Gets tokens for this service as a client: its own (client_credentials), a person's for one node (RFC 8693), or a person's
/// passport. Access tokens are kept until shortly before they expire; callers who need the same one at once share one request.
/// </summary>
public sealed class TokenClient(HttpClient http, string authority, string clientId, SigningKey key, TimeProvider clock) : IDisposable
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, Lazy<Task<IssuedToken>>> _tokens = new(StringComparer.Ordinal);
    private readonly ProvenClient _client = new(http, authority, clientId, key, clock);

    /// <summary>This service's own token. Throws <see cref="TokenRequestException"/> when the issuer gives none.</summary>
    public Task<string> GetAsync(string audience, CancellationToken ct) =>
        GetAsync(audience, () => [new("grant_type", "client_credentials"), new("audience", audience)], ct);

    /// <summary>A demo account's token for the platform; only for a client with the permission. Throws <see cref="TokenRequestException"/>.</summary>
    public Task<string> GetForAccountAsync(string account, CancellationToken ct) => GetAsync(
        $"account {account}",
        () =>
        [
            new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            new("assertion", ClientAssertion.CreateGrant(key, clientId, account, authority, clock.GetUtcNow())),
        ],
        ct);

    /// <summary>The person's token for one node, naming purpose and project. Throws <see cref="TokenRequestException"/> when refused.</summary>
    public Task<string> ExchangeAsync(string subjectToken, string audience, UseAuthorization use, CancellationToken ct)
    {
        var details = JsonSerializer.Serialize<UseAuthorization[]>([use], ServiceDefaultsExtensions.Json);
        var subject = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(subjectToken)));
        return GetAsync(
            $"{audience} {subject} {details}",
            () =>
            [
                new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                new("subject_token", subjectToken),
                new("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
                new("audience", audience),
                new("authorization_details", details),
            ],
            ct);
    }

    /// <summary>
    /// The person's GA4GH passport, a signed JWT made for the platform. Asked for anew each time: a permission that was taken back
    /// must not live on here. Throws <see cref="TokenRequestException"/> when refused.
    /// </summary>
    public async Task<string> GetPassportAsync(string subjectToken, CancellationToken ct)
    {
        var passport = await RequestAsync(() =>
        [
            new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            new("requested_token_type", VisaWords.PassportTokenType),
            new("subject_token", subjectToken),
            new("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            new("audience", Audiences.Platform),
        ]).WaitAsync(ct);
        return passport.Type == VisaWords.PassportTokenType
            ? passport.Value
            : throw new TokenRequestException(TokenRequestException.Unreachable, $"The issuer {authority} answers with another kind of token.");
    }

    public void Dispose() => _client.Dispose();

    private async Task<string> GetAsync(string name, Func<KeyValuePair<string, string>[]> grant, CancellationToken ct)
    {
        if (_tokens.TryGetValue(name, out var old) && IsUsedUp(old))
        {
            _tokens.TryRemove(new(name, old));
            ForgetOld();
        }

        var request = _tokens.GetOrAdd(name, _ => new(() => Task.Run(() => RequestAsync(grant))));
        try
        {
            return (await request.Value.WaitAsync(ct)).Value;
        }
        catch (TokenRequestException)
        {
            _tokens.TryRemove(new(name, request));
            throw;
        }
    }

    private async Task<IssuedToken> RequestAsync(Func<KeyValuePair<string, string>[]> grant)
    {
        var asked = clock.GetUtcNow();
        return ReadToken(await _client.PostAsync(issuer => issuer.TokenEndpoint, grant()), asked);
    }

    private static IssuedToken ReadToken(JsonElement json, DateTimeOffset asked)
    {
        if (json.Text("access_token") is not { Length: > 0 } token
            || !IsUsable(json.Text("token_type"), json.Text("issued_token_type"))
            || !json.TryGetProperty("expires_in", out var lifetime) || lifetime.ValueKind != JsonValueKind.Number
            || !lifetime.TryGetInt32(out var seconds) || seconds <= 0)
        {
            throw new TokenRequestException("The token answer lacks access_token, token_type Bearer or expires_in.");
        }

        // Renewed after three quarters of its life, at most half a minute early, so that it lives when it arrives.
        return new(token, asked.AddSeconds(seconds - Math.Min(30, seconds / 4.0)), json.Text("issued_token_type"));
    }

    // RFC 8693 section 2.2.1: what is no access token has the type N_A.
    private static bool IsUsable(string? type, string? issuedType) =>
        string.Equals(type, "Bearer", StringComparison.OrdinalIgnoreCase)
        || (issuedType == VisaWords.PassportTokenType && string.Equals(type, "N_A", StringComparison.OrdinalIgnoreCase));

    private bool IsUsedUp(Lazy<Task<IssuedToken>> token) =>
        token is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } && token.Value.Result.RefreshAt <= clock.GetUtcNow();

    private void ForgetOld()
    {
        if (_tokens.Count >= Most)
        {
            foreach (var old in _tokens.Where(token => IsUsedUp(token.Value)))
            {
                _tokens.TryRemove(old);
            }
        }
    }

    private sealed record IssuedToken(string Value, DateTimeOffset RefreshAt, string? Type);
}
