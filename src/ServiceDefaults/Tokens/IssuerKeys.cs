using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>
/// An issuer's public keys, by discovery or at an address that is known already. They are fetched again when old, or when a token names an unknown key, but
/// never more often than every few seconds, so that invented key ids cannot drive requests. While the issuer is away the
/// keys at hand stay good for a bounded time. Callers at once share one fetch.
/// </summary>
/// <param name="keySet">Address of the issuer's JWK set; null: found by discovery.</param>
public sealed class IssuerKeys(HttpClient http, string authority, TimeProvider clock, ILogger<IssuerKeys> logger, Uri? keySet = null)
{
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);
    public static readonly TimeSpan BetweenFetches = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private volatile KeySet _keys = new(FrozenDictionary<string, VerificationKey>.Empty, DateTimeOffset.MinValue);
    private DateTimeOffset _nextFetch = DateTimeOffset.MinValue;
    private Task _fetch = Task.CompletedTask;

    public async ValueTask<KeyLookup> FindAsync(string keyId, CancellationToken ct)
    {
        var keys = _keys;
        var age = clock.GetUtcNow() - keys.At;
        if (age < KeptFor && keys.ById.TryGetValue(keyId, out var key))
        {
            if (age >= FreshFor)
            {
                _ = Refresh(); // not awaited: this key is still good, and whoever needs the new ones shares the fetch
            }

            return new(key, null);
        }

        await Refresh().WaitAsync(ct);
        keys = _keys;
        return clock.GetUtcNow() - keys.At >= KeptFor
            ? new(null, TokenRefusals.IssuerUnavailable)
            : keys.ById.TryGetValue(keyId, out key) ? new(key, null) : new(null, TokenRefusals.UnknownKey);
    }

    /// <summary>Keys of a JWK set by their <c>kid</c>. Two keys with one <c>kid</c> leave no way to tell them apart: neither is used.</summary>
    public static FrozenDictionary<string, VerificationKey> ReadSet(JsonElement set)
    {
        if (!set.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
        {
            throw new IssuerException("The JWK set has no keys.");
        }

        return keys.EnumerateArray()
            .Where(jwk => jwk.ValueKind == JsonValueKind.Object)
            .GroupBy(jwk => jwk.Text("kid"))
            .Where(group => !string.IsNullOrEmpty(group.Key) && group.Count() == 1)
            .Select(group => VerificationKey.Read(group.Single()))
            .OfType<VerificationKey>()
            .ToFrozenDictionary(key => key.KeyId!, StringComparer.Ordinal);
    }

    private Task Refresh()
    {
        lock (_gate)
        {
            if (_fetch.IsCompleted && clock.GetUtcNow() >= _nextFetch)
            {
                _nextFetch = clock.GetUtcNow() + BetweenFetches;
                _fetch = Task.Run(FetchAsync);
            }

            return _fetch;
        }
    }

    private async Task FetchAsync()
    {
        try
        {
            var address = keySet ?? (await IssuerDocument.FetchAsync(http, authority, CancellationToken.None)).JwksUri;
            var set = await IssuerDocument.FetchJsonAsync(http, address, CancellationToken.None);
            _keys = new(ReadSet(set), clock.GetUtcNow());
        }
        catch (IssuerException fault)
        {
            Log.IssuerKeysNotFetched(logger, authority, fault);
        }
    }

    private sealed record KeySet(FrozenDictionary<string, VerificationKey> ById, DateTimeOffset At);
}
