using Dapper;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.Gateway.Sessions;

/// <summary>Every minute: forgets sessions, sign-ins, logout tokens and proofs that count for nothing any more.</summary>
public sealed class SessionUpkeep(NpgsqlDataSource database, UsedProofs proofs, TimeProvider clock, ILogger<SessionUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    public async Task ForgetAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new(
            """
            DELETE FROM browser_session WHERE started_at <= @longest OR last_seen_at <= @idle;
            DELETE FROM sign_in_flow WHERE expires_at <= @now;
            DELETE FROM used_logout_token WHERE expires_at <= @now;
            """,
            new { now, longest = now - SessionRules.Longest, idle = now - SessionRules.Idle },
            cancellationToken: ct));
        await proofs.ForgetAsync(now, ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Between, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ForgetAsync(stoppingToken);
            }
            catch (NpgsqlException fault)
            {
                Log.UpkeepFailed(logger, fault); // the database may be back at the next round
            }
        }
    }
}
