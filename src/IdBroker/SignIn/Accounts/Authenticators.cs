using System.Security.Cryptography;
using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A secret offered to an authenticator app. It is kept nowhere until the app has shown that it took it: the page carries it, sealed.</summary>
public sealed record AuthenticatorOffer(byte[] Secret, string Box);

/// <summary>Authenticator apps of accounts: their secrets are sealed in the database, and every code counts once.</summary>
public sealed class Authenticators(KeySafe safe, TimeProvider clock)
{
    public AuthenticatorOffer Offer(string accountId)
    {
        var secret = RandomNumberGenerator.GetBytes(TotpRules.SecretBytes);
        return new(secret, StrictBase64Url.Encode(safe.Seal(secret, OfferContext(accountId))));
    }

    /// <summary>The offer as the page sends it back; null when it was not made for this account.</summary>
    public AuthenticatorOffer? ReadOffer(string accountId, string? box) =>
        box is not null && StrictBase64Url.Decode(box) is { } bytes && safe.Open(bytes, OfferContext(accountId)) is { } secret
            ? new(secret, box)
            : null;

    /// <summary>The app shows a code of the offered secret, so it holds it: from now on it counts. False for a wrong code.</summary>
    public async Task<bool> AcceptAsync(NpgsqlTransaction transaction, string accountId, AuthenticatorOffer offer, string code, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (TotpRules.MatchingStep(offer.Secret, code, now) is not { } step)
        {
            return false;
        }

        await SaveAsync(transaction, accountId, offer.Secret, step, null, ct);
        await AccessEvents.AppendAsync(transaction, new(now, accountId, "second-factor.added", accountId) { Reason = "totp" }, ct);
        return true;
    }

    public Task SaveAsync(
        NpgsqlTransaction transaction, string accountId, byte[] secret, long lastStep, byte[]? fromFile, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO totp (account_id, secret, last_step, added_at, from_file) VALUES (@accountId, @box, @lastStep, @now, @fromFile)
            ON CONFLICT (account_id) DO UPDATE
            SET (secret, last_step, added_at, from_file) =
                (EXCLUDED.secret, EXCLUDED.last_step, EXCLUDED.added_at, coalesce(EXCLUDED.from_file, totp.from_file))
            """,
            new { accountId, box = safe.Seal(secret, Context(accountId)), lastStep, now = clock.GetUtcNow(), fromFile },
            transaction,
            cancellationToken: ct));

    /// <summary>Null when the code is right and was not used before; it is used up then. Otherwise the reason.</summary>
    public async Task<string?> UseAsync(NpgsqlTransaction transaction, string accountId, string code, CancellationToken ct)
    {
        var box = await transaction.Connection!.ExecuteScalarAsync<byte[]?>(new(
            "SELECT secret FROM totp WHERE account_id = @accountId", new { accountId }, transaction, cancellationToken: ct));
        if (box is null)
        {
            return "code.wrong";
        }

        var secret = safe.Open(box, Context(accountId)) ?? throw new InvalidOperationException(
            "An authenticator's secret does not open with IdBroker:KeyEncryptionKeyFile. Put the right file back.");
        if (TotpRules.MatchingStep(secret, code, clock.GetUtcNow()) is not { } step)
        {
            return "code.wrong";
        }

        // Of two uses of one code at once the second waits here, then finds the step used.
        var used = await transaction.Connection!.ExecuteAsync(new(
            "UPDATE totp SET last_step = @step WHERE account_id = @accountId AND last_step < @step",
            new { step, accountId },
            transaction,
            cancellationToken: ct));
        return used == 1 ? null : "code.replayed";
    }

    private static string Context(string accountId) => $"totp {accountId}";

    private static string OfferContext(string accountId) => $"totp-offer {accountId}";
}
