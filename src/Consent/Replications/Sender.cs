using System.Security.Cryptography;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.Consent.Replications;

/// <summary>
/// The one sender of a biobank's consent changes, elected among all instances by an advisory lock. Silent towards a node
/// for at most a heartbeat; after an alarm for good.
/// </summary>
internal sealed class Sender(
    string biobank,
    NpgsqlDataSource database,
    NodeLine line,
    Signals signals,
    IOptions<ConsentOptions> options,
    TimeProvider clock,
    ILogger<Sender> logger)
{
    private readonly ConsentOptions _options = options.Value;
    private int _failures;

    /// <summary>Ends only with the process, or with an alarm.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var alarmed = false;
        while (!alarmed)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(ct);
                var outbox = new Outbox(connection, biobank);
                if (await outbox.TryLockAsync(ct))
                {
                    Log.Elected(logger, biobank);
                    await SendAsync(outbox, ct);
                    alarmed = true;
                }
            }
            catch (NpgsqlException e)
            {
                Log.DatabaseAway(logger, biobank, e);
            }

            await Task.Delay(Jittered(_options.Heartbeat), clock, ct);
        }
    }

    /// <summary>Returns after an alarm only.</summary>
    private async Task SendAsync(Outbox outbox, CancellationToken ct)
    {
        var acknowledged = await outbox.AcknowledgedAsync(ct);
        var after = acknowledged;
        while (true)
        {
            var changes = await outbox.ReadAsync(after, _options.BatchSize, ct);
            var applied = await DeliverAsync(changes, ct);
            var next = ReplicationRules.After(changes, applied);
            if (next is Next.Alarm)
            {
                Log.NodeAhead(logger, biobank, applied!.Value, changes.Head);
                await outbox.RecordAlarmAsync(applied.Value, clock.GetUtcNow(), ct);
                return;
            }

            if (applied is >= 0)
            {
                after = applied.Value;
                await RecordAsync(outbox, acknowledged, after, ct);
                acknowledged = after;
            }

            await WaitAsync(next, ct);
        }
    }

    private async Task<long?> DeliverAsync(ConsentChanges changes, CancellationToken ct)
    {
        try
        {
            return await line.DeliverAsync(biobank, changes, ct);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TimeoutException or TokenRequestException)
        {
            if (_failures == 0)
            {
                Log.NodeAway(logger, biobank, e.GetBaseException().Message);
            }

            return null;
        }
    }

    private async Task RecordAsync(Outbox outbox, long acknowledged, long applied, CancellationToken ct)
    {
        if (applied == acknowledged)
        {
            await outbox.RecordContactAsync(clock.GetUtcNow(), ct);
            return;
        }

        if (applied < acknowledged)
        {
            Log.NodeWentBack(logger, biobank, acknowledged, applied);
        }

        await outbox.RecordAppliedAsync(applied, clock.GetUtcNow(), ct);
        signals.Acknowledged(biobank, applied);
    }

    private async Task WaitAsync(Next next, CancellationToken ct)
    {
        if (next is Next.Pause)
        {
            _failures++;
            await Task.Delay(Jittered(ReplicationRules.Pause(_failures, _options.LongestPause)), clock, ct);
            return;
        }

        if (_failures > 0)
        {
            Log.NodeBack(logger, biobank);
            _failures = 0;
        }

        if (next is Next.Rest)
        {
            await signals.ChangeAsync(biobank, _options.Heartbeat, ct);
        }
    }

    /// <summary>Between half and all of it, so that many senders do not knock at once.</summary>
    private static TimeSpan Jittered(TimeSpan pause) => pause * (RandomNumberGenerator.GetInt32(500, 1001) / 1000.0);
}
