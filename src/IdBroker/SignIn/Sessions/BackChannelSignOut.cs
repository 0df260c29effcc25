using Dapper;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Sessions;

/// <summary>
/// Tells clients that a session has ended (OpenID Connect Back-Channel Logout 1.0), at once and again until they have heard:
/// the notices are written with the end of the session, and claimed by whichever instance comes first.
/// </summary>
public sealed class BackChannelSignOut(
    NpgsqlDataSource database, ClientRegistry clients, KeyRing keys, IOptions<IdBrokerOptions> options, TimeProvider clock, ILogger<BackChannelSignOut> logger)
    : BackgroundService
{
    private const int MostAttempts = 12;
    private const int TokenLifeSeconds = 120;

    // A notice that was not heard comes again after 1, 2, 4, ... seconds; until then other instances leave it alone.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http = IssuerDocument.CreateHttpClient();

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Rest);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await ClaimAsync(stoppingToken) is { } notice)
                {
                    await SendAsync(notice, stoppingToken);
                }
            }
            catch (NpgsqlException fault)
            {
                Log.SignOutNoticesFailed(logger, fault); // the database may be back at the next round
            }
        }
    }

    private async Task<Notice?> ClaimAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<Notice>(new(
            """
            UPDATE sign_out_notice
            SET attempts = attempts + 1, due_at = @now + make_interval(secs => power(2, attempts))
            WHERE sign_out_notice_id = (
                SELECT sign_out_notice_id FROM sign_out_notice WHERE due_at <= @now ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING sign_out_notice_id AS NoticeId, client_id AS ClientId, session_id AS SessionId, account_id AS AccountId, attempts
            """,
            new { now = clock.GetUtcNow() },
            cancellationToken: ct));
    }

    private async Task SendAsync(Notice notice, CancellationToken ct)
    {
        var address = clients.Find(notice.ClientId)?.BackChannelLogoutUri;
        var isHeard = address is null || await PostAsync(address, LogoutToken(notice), ct);
        if (isHeard || notice.Attempts >= MostAttempts)
        {
            await using var connection = await database.OpenConnectionAsync(ct);
            await connection.ExecuteAsync(new(
                "DELETE FROM sign_out_notice WHERE sign_out_notice_id = @NoticeId", new { notice.NoticeId }, cancellationToken: ct));
        }

        if (!isHeard)
        {
            Log.SignOutNotHeard(logger, notice.ClientId, notice.Attempts);
        }
    }

    private async Task<bool> PostAsync(string address, string token, CancellationToken ct)
    {
        try
        {
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", token)]);
            using var answer = await _http.PostAsync(new Uri(address), form, ct);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private string LogoutToken(Notice notice) => keys.Active.Sign("logout+jwt", json =>
    {
        var now = clock.GetUtcNow();
        json.WriteString("iss", options.Value.Issuer);
        json.WriteString("aud", notice.ClientId);
        json.WriteString("sub", notice.AccountId);
        json.WriteString("sid", notice.SessionId.ToString("N"));
        json.WriteNumber("iat", now.ToUnixTimeSeconds());
        json.WriteNumber("exp", now.ToUnixTimeSeconds() + TokenLifeSeconds);
        json.WriteString("jti", Guid.CreateVersion7(now).ToString("N"));
        json.WritePropertyName("events");
        json.WriteRawValue("""{"http://schemas.openid.net/event/backchannel-logout":{}}""");
    });

    private sealed record Notice(Guid NoticeId, string ClientId, Guid SessionId, string AccountId, int Attempts);
}
