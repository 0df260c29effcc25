using System.Security.Cryptography;
using Kakehashi.Ledger;
using Kakehashi.Node.Tunnels;

namespace Kakehashi.Node.Ledgers;

/// <summary>How far a delivery is, and what it last came upon.</summary>
/// <param name="Delivered">Metering has every entry below.</param>
/// <param name="Problem">Type of the problem that Metering answered with, if it did.</param>
public sealed record DeliveryState(long Delivered, DeliveryStep Step, string? Problem);

/// <summary>
/// Brings every entry of the node's ledger to Metering, in order, each until Metering has it. The ledger itself is the
/// outbox, and Metering knows how much of it it has: there is nothing else to remember, and so nothing to get wrong.
/// </summary>
public sealed class LedgerDelivery(
    string node, LedgerFile ledger, MeteringClient metering, TimeProvider clock, ILogger<LedgerDelivery> logger) : BackgroundService
{
    private const int MostEntries = 1000;

    /// <summary>In base64, and with what a full batch has around it, this stays below the 1 MiB that every service takes.</summary>
    private const int MostBytes = 700_000;

    private volatile DeliveryState _state = new(0, DeliveryStep.GoOn, null);
    private int _failures;

    public DeliveryState State => _state;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await DeliverAsync(stoppingToken);
                if (_state.Step == DeliveryStep.Stop)
                {
                    return;
                }

                await Task.Delay(BackOffRules.Delay(_failures, Jitter()), clock, stoppingToken);
            }
        }
        catch (Exception fault) when (fault is LedgerUnavailableException or LedgerCorruptException)
        {
            _state = _state with { Step = DeliveryStep.Stop };
            Log.LedgerEnded(logger, _state.Delivered, fault);
        }
    }

    /// <summary>Delivers until something is in the way; <see cref="State"/> says what.</summary>
    private async Task DeliverAsync(CancellationToken ct)
    {
        var answer = await metering.AskAsync(node, ct);
        if (Judge(answer, sent: 0) != DeliveryStep.GoOn)
        {
            return;
        }

        long sent;
        var from = DeliveryRules.ResumeAt(answer.NextIndex!.Value);
        do
        {
            await ledger.WaitForAsync(from, ct);
            if (ledger.Count - from < MostEntries)
            {
                await Task.Delay(DeliveryRules.Gather, clock, ct);
            }

            var entries = await ledger.ReadAsync(from, MostEntries, MostBytes, ct);
            sent = from + entries.Count;
            answer = await metering.DeliverAsync(new(node, from, entries), ct);
            from = answer.NextIndex ?? from;
        }
        while (Judge(answer, sent) == DeliveryStep.GoOn);
    }

    private DeliveryStep Judge(MeteringAnswer answer, long sent)
    {
        var (before, step) = (_state, DeliveryRules.After(answer, sent, ledger.Count));
        if (step == DeliveryStep.GoOn && sent == 0 && answer.NextIndex != 0)
        {
            return step; // that Metering answers a question does not show that it takes entries
        }

        _failures = step == DeliveryStep.GoOn ? 0 : _failures + 1;
        _state = new(step == DeliveryStep.GoOn ? answer.NextIndex!.Value : before.Delivered, step, answer.Problem);
        if (step != before.Step)
        {
            Tell(answer);
        }

        return step;
    }

    private void Tell(MeteringAnswer answer)
    {
        switch (_state.Step)
        {
            case DeliveryStep.GoOn:
                Log.Resumed(logger, _state.Delivered);
                break;
            case DeliveryStep.TryAgain:
                Log.Waiting(logger, _state.Delivered, answer.Status, answer.Problem);
                break;
            case DeliveryStep.CallForHelp:
                Log.Refused(logger, _state.Delivered, answer.Status, answer.Problem);
                break;
            case DeliveryStep.Stop:
                Log.Stopped(logger, _state.Delivered, ledger.Count, answer.NextIndex, answer.Problem);
                break;
        }
    }

    private static double Jitter() => RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20);
}
