using Dapper;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Institutions;
using Kakehashi.IdBroker.SignIn.Keys;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn;

/// <summary>Every two seconds: takes up keys and clients that other instances changed. Every minute: forgets
/// expired assertions and retired keys.</summary>
public sealed class Upkeep(
    KeyRing keys, ClientRegistry clients, NpgsqlDataSource database, TimeProvider clock, ILogger<Upkeep> logger) : BackgroundService
{
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(2);
    private const int RoundsBetweenCleaning = 30;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Between, clock);
        for (var round = 0; await timer.WaitForNextTickAsync(stoppingToken); round++)
        {
            try
            {
                await keys.RefreshAsync(stoppingToken);
                await clients.RefreshAsync(stoppingToken);
                if (round % RoundsBetweenCleaning == 0)
                {
                    await keys.ForgetRetiredAsync(stoppingToken);
                    await ForgetExpiredAsync(stoppingToken);
                }
            }
            catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
            {
                Log.UpkeepFailed(logger, fault); // the database may be back at the next round
            }
        }
    }

    private async Task ForgetExpiredAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await Visits.ForgetOldAsync(connection, clock.GetUtcNow(), ct);
        await connection.ExecuteAsync(new(
            "DELETE FROM used_assertion WHERE expires_at < @now", new { now = clock.GetUtcNow() }, cancellationToken: ct));
        await ExpiredProofs.ForgetAsync(connection, clock.GetUtcNow(), ct);
    }
}
