using System.Net;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// Remembers from which browsers and networks a person has signed in. It opens nothing: it only keeps the guesses of
/// strangers apart from those of the owner.
/// </summary>
public sealed class KnownPlaces(IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    public const string Cookie = "__Host-kakehashi-browser";

    public static readonly TimeSpan Remembered = TimeSpan.FromDays(180);

    private readonly IReadOnlyList<IPNetwork> _trusted = [.. options.Value.TrustedProxies.Select(IPNetwork.Parse)];

    public async Task<GuessPlace> FindAsync(NpgsqlConnection connection, HttpContext context, string? accountId, CancellationToken ct)
    {
        var network = NetworkOf(context);
        var browser = context.Request.Cookies[Cookie] is { Length: > 0 } secret ? OpaqueSecret.HashOf(secret) : null;
        var (knownNetwork, knownBrowser) = await connection.QuerySingleAsync<(bool, bool)>(new(
            """
            SELECT EXISTS (SELECT FROM known_network WHERE account_id = @accountId AND network_hash = @networkHash AND seen_at > @since),
                   EXISTS (SELECT FROM known_browser WHERE account_id = @accountId AND browser_hash = @browser AND seen_at > @since)
            """,
            new { accountId, networkHash = HashOf(network), browser, since = clock.GetUtcNow() - Remembered },
            cancellationToken: ct));
        return new(network, knownNetwork, knownBrowser ? Convert.ToHexString(browser!) : null);
    }

    /// <summary>The person has signed in completely: this browser and network are theirs from now on.</summary>
    public async Task RememberAsync(NpgsqlTransaction transaction, HttpContext context, string accountId, CancellationToken ct)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 } secret)
        {
            secret = OpaqueSecret.Create();
        }

        context.Response.Cookies.Append(
            Cookie, secret, new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = Remembered });
        await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO known_network (account_id, network_hash, seen_at) VALUES (@accountId, @network, @now)
            ON CONFLICT (account_id, network_hash) DO UPDATE SET seen_at = EXCLUDED.seen_at;
            INSERT INTO known_browser (account_id, browser_hash, seen_at) VALUES (@accountId, @browser, @now)
            ON CONFLICT (account_id, browser_hash) DO UPDATE SET seen_at = EXCLUDED.seen_at;
            """,
            new { accountId, network = HashOf(NetworkOf(context)), browser = OpaqueSecret.HashOf(secret), now = clock.GetUtcNow() },
            transaction,
            cancellationToken: ct));
    }

    private string NetworkOf(HttpContext context) =>
        NetworkRules.NetworkOf(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"], _trusted);

    private static byte[] HashOf(string network) => SHA256.HashData(Encoding.UTF8.GetBytes(network));
}
