using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Keys;

/// <summary>The signing keys, in memory as they are in the database. All instances hold the same ring within seconds.</summary>
public sealed class KeyRing(
    NpgsqlDataSource database, KeySafe safe, IOptions<IdBrokerOptions> options, TimeProvider clock, ILogger<KeyRing> logger)
{
    private const long RotationLock = 0x4B455953; // "KEYS": one rotation at a time

    private volatile List<HeldKey> _keys = [];

    /// <summary>The key that signs now.</summary>
    public SigningKey Active
    {
        get
        {
            var keys = _keys;
            var active = KeyRules.Active(keys.Select(key => key.Term), clock.GetUtcNow())
                ?? throw new InvalidOperationException("No signing key is active: the clock is before the first key's time.");
            return keys.First(key => key.Term == active).Signing;
        }
    }

    public IEnumerable<PublicJwk> Published =>
        KeyRules.Published(_keys.Select(key => key.Term), clock.GetUtcNow()).Select(term => _keys.First(key => key.Term == term).Signing.Public);

    public ValueTask<KeyLookup> FindAsync(string keyId, CancellationToken ct)
    {
        var keys = _keys;
        var term = KeyRules.Published(keys.Select(key => key.Term), clock.GetUtcNow()).FirstOrDefault(term => term.KeyId == keyId);
        return ValueTask.FromResult(new KeyLookup(keys.FirstOrDefault(key => key.Term == term)?.Verifying, null));
    }

    /// <summary>Reads the keys; makes the first one when there is none yet.</summary>
    public async Task OpenAsync(CancellationToken ct)
    {
        await RefreshAsync(ct);
        if (_keys.Count == 0)
        {
            await RotateAsync("idbroker", onlyFirst: true, ct);
        }
    }

    /// <summary>Takes up keys that other instances made.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<(string KeyId, byte[] Box, DateTime SignsFrom)>(new CommandDefinition(
            "SELECT signing_key_id, private_key, signs_from FROM signing_key ORDER BY signs_from", cancellationToken: ct));
        var held = _keys.ToDictionary(key => key.Term.KeyId);
        _keys = rows.Select(row => held.GetValueOrDefault(row.KeyId) ?? Hold(row.KeyId, row.Box, row.SignsFrom)).ToList();
    }

    /// <summary>Publishes a new key that signs a little later. Null when the previous new key is still waiting for its time.</summary>
    public async Task<KeyTerm?> RotateAsync(string actor, bool onlyFirst, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync(new("SELECT pg_advisory_xact_lock(@RotationLock)", new { RotationLock }, transaction, cancellationToken: ct));
        var newest = await connection.ExecuteScalarAsync<DateTime?>(
            new("SELECT max(signs_from) FROM signing_key", null, transaction, cancellationToken: ct));
        if (newest is not null && (onlyFirst || newest > now.UtcDateTime))
        {
            await RefreshAsync(ct);
            return null;
        }

        using var key = SigningKey.Create();
        var term = new KeyTerm(key.KeyId, newest is null ? now : now.AddSeconds(options.Value.KeyPublishedAheadSeconds));
        await connection.ExecuteAsync(new(
            "INSERT INTO signing_key (signing_key_id, private_key, created_at, signs_from) VALUES (@KeyId, @box, @now, @SignsFrom)",
            new { term.KeyId, box = Seal(key), now, term.SignsFrom },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(transaction, new(now, actor, "signing-key.created", term.KeyId), ct);
        await transaction.CommitAsync(ct);
        Log.KeyCreated(logger, term.KeyId, term.SignsFrom);
        await RefreshAsync(ct);
        return term;
    }

    /// <summary>Deletes keys whose last token has expired.</summary>
    public async Task ForgetRetiredAsync(CancellationToken ct)
    {
        var terms = _keys.ConvertAll(key => key.Term);
        var retired = terms.Except(KeyRules.Published(terms, clock.GetUtcNow()));
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new(
            "DELETE FROM signing_key WHERE signing_key_id = ANY (@ids)",
            new { ids = retired.Select(term => term.KeyId).ToArray() },
            cancellationToken: ct));
    }

    private byte[] Seal(SigningKey key)
    {
        var plain = key.ExportPrivate();
        var box = safe.Seal(plain, key.KeyId);
        CryptographicOperations.ZeroMemory(plain);
        return box;
    }

    private HeldKey Hold(string keyId, byte[] box, DateTime signsFrom)
    {
        var plain = safe.Open(box, keyId) ?? throw new InvalidOperationException(
            "IdBroker:KeyEncryptionKeyFile is not the file that encrypted the signing keys in this database. "
            + "Put the right file back, or empty the table signing_key.");
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(plain, out _);
        CryptographicOperations.ZeroMemory(plain);
        var signing = new SigningKey(key);
        var verifying = VerificationKey.Read(JsonSerializer.SerializeToElement(signing.Public, JsonSerializerOptions.Web))!;
        return new(new(keyId, new(signsFrom, TimeSpan.Zero)), signing, verifying);
    }

    private sealed record HeldKey(KeyTerm Term, SigningKey Signing, VerificationKey Verifying);
}
