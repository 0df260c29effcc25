using System.Data;
using Dapper;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults.Deliveries;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Events;

/// <summary>
/// Brings what happened to the ledger. Of all instances one does it at a time; the others stand by. What goes wrong stops
/// nobody from signing in: the events wait in their table.
/// </summary>
public sealed class EventRelay(
    NpgsqlDataSource database,
    AccessTokens tokens,
    IOptions<IdBrokerOptions> options,
    TimeProvider clock,
    ILoggerFactory loggers,
    ILogger<EventRelay> logger) : BackgroundService
{
    private const long RelayLock = 0x45564E54; // "EVNT"

    private static readonly TimeSpan BetweenTurns = TimeSpan.FromSeconds(2);

    private volatile Delivery? _delivery;
    private volatile bool _isInterrupted;

    /// <summary>Null at an instance that never had its turn, or where no Metering is configured.</summary>
    public DeliveryState? State => _delivery?.State;

    /// <summary>The database is away, or no key signs.</summary>
    public bool IsInterrupted => _isInterrupted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.MeteringUrl is not { } url)
        {
            Log.NoMetering(logger);
            return;
        }

        using var metering = new MeteringClient(url, _ => Task.FromResult(tokens.IssueOwn()), loggers.CreateLogger<MeteringClient>());
        do
        {
            try
            {
                await TakeTurnAsync(metering, stoppingToken);
            }
            catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
            {
                if (!_isInterrupted)
                {
                    Log.RelayInterrupted(logger, fault);
                }

                _isInterrupted = true;
            }

            await Task.Delay(BetweenTurns, clock, stoppingToken);
        }
        while (State?.Step != DeliveryStep.Stop);
    }

    /// <summary>Relays for as long as all goes well; returns at once when another instance does.</summary>
    private async Task TakeTurnAsync(MeteringClient metering, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var isMine = await connection.ExecuteScalarAsync<bool>(
            new("SELECT pg_try_advisory_lock(@RelayLock)", new { RelayLock }, cancellationToken: ct));
        _isInterrupted = false;
        if (!isMine)
        {
            return;
        }

        try
        {
            var delivery = new Delivery(new EventOutbox(connection, clock), metering, clock, loggers.CreateLogger<Delivery>());
            _delivery = delivery;
            await delivery.RunAsync(ct);
        }
        finally
        {
            // A pooled connection outlives its use. Where it broke, the server has let go of the lock by itself.
            if (connection.FullState == ConnectionState.Open)
            {
                await connection.ExecuteAsync("SELECT pg_advisory_unlock(@RelayLock)", new { RelayLock });
            }
        }
    }
}
