using System.Globalization;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.Consent.Replications;

/// <summary>Carries signals between the instances of this service, over PostgreSQL's LISTEN and NOTIFY.</summary>
internal sealed class Notifications(
    NpgsqlDataSource database, Signals signals, IOptions<ConsentOptions> options, TimeProvider clock, ILogger<Notifications> logger)
    : BackgroundService
{
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.NotificationsCut(logger, e);
                await Task.Delay(options.Value.LongestPause, clock, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        connection.Notification += (_, notification) => Raise(notification);
        await using var listen = new NpgsqlCommand(
            $"LISTEN {Signals.ChangedChannel}; LISTEN {Signals.AcknowledgedChannel}", connection);
        await listen.ExecuteNonQueryAsync(ct);
        foreach (var biobank in options.Value.Biobanks)
        {
            signals.Changed(biobank); // whatever was missed while nobody listened
        }

        await using var probe = new NpgsqlCommand("SELECT 1", connection);
        while (true)
        {
            if (!await connection.WaitAsync(Probe, ct))
            {
                await probe.ExecuteNonQueryAsync(ct);
            }
        }
    }

    private void Raise(NpgsqlNotificationEventArgs notification)
    {
        switch (notification.Channel, notification.Payload.Split('/'))
        {
            case (Signals.ChangedChannel, [var biobank]):
                signals.Changed(biobank);
                break;
            case (Signals.AcknowledgedChannel, [var biobank, var applied]):
                signals.Acknowledged(biobank, long.Parse(applied, CultureInfo.InvariantCulture));
                break;
        }
    }
}
