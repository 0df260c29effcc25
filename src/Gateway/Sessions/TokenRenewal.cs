using System.Collections.Concurrent;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.Gateway.Sessions;

/// <summary>
/// Access tokens of sessions, renewed shortly before they end. However many requests come at once, at however many instances,
/// one of them renews and all others wait for it: a refresh token that is shown twice looks stolen and ends the session.
/// </summary>
public sealed class TokenRenewal(
    NpgsqlDataSource database, BrowserSessions sessions, SignInIssuer issuer, TimeProvider clock, ILogger<TokenRenewal> logger) : IDisposable
{
    private const int MostAtOnce = 32; // each holds a connection while the issuer thinks; others must find one

    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> _underWay = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _room = new(MostAtOnce);

    /// <summary>An access token that is good for a while; null when the session has ended. Throws <see cref="TokenRequestException"/>.</summary>
    public async Task<string?> TokenOfAsync(CookieSecret secret, BrowserSession session, CancellationToken ct)
    {
        if (!SessionRules.IsDueForRenewal(session.TokensExpireAt, clock.GetUtcNow()))
        {
            return session.Tokens.AccessToken;
        }

        var name = Convert.ToHexString(secret.Hash);
        var renewal = _underWay.GetOrAdd(name, _ => new(() => Task.Run(() => RenewAsync(secret))));
        try
        {
            return await renewal.Value.WaitAsync(ct);
        }
        finally
        {
            _underWay.TryRemove(new(name, renewal));
        }
    }

    public void Dispose() => _room.Dispose();

    /// <summary>Not the caller's to cancel: once the issuer has been asked, its answer must be kept.</summary>
    private async Task<string?> RenewAsync(CookieSecret secret)
    {
        await _room.WaitAsync();
        try
        {
            await using var connection = await database.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            if (await sessions.LockAsync(transaction, secret, CancellationToken.None) is not { } session)
            {
                return null;
            }

            if (!SessionRules.IsDueForRenewal(session.TokensExpireAt, clock.GetUtcNow()))
            {
                return session.Tokens.AccessToken; // another instance was quicker
            }

            try
            {
                var renewed = await issuer.RenewAsync(session.Tokens.RefreshToken);
                if (renewed.Account != session.Account || renewed.BrokerSession != session.BrokerSession)
                {
                    throw new TokenRequestException(SignInIssuer.Refused, "The renewed token is another session's.");
                }

                var tokens = session.Tokens with { AccessToken = renewed.AccessToken, RefreshToken = renewed.RefreshToken };
                await BrowserSessions.RenewAsync(transaction, secret, tokens, renewed.ExpiresAt);
                await transaction.CommitAsync();
                return renewed.AccessToken;
            }
            catch (TokenRequestException fault) when (fault.Error == SignInIssuer.Refused)
            {
                await BrowserSessions.EndAsync(transaction, secret);
                await transaction.CommitAsync();
                Log.RenewalRefused(logger);
                return null;
            }
            catch (TokenRequestException fault) when (session.TokensExpireAt > clock.GetUtcNow())
            {
                Log.RenewalFailed(logger, fault);
                return session.Tokens.AccessToken; // while the issuer is away it serves to its end
            }
        }
        finally
        {
            _room.Release();
        }
    }
}
