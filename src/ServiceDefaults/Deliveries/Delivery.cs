using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Kakehashi.ServiceDefaults.Deliveries;

/// <summary>How far a delivery is, and what it last came upon.</summary>
/// <param name="Delivered">Metering has every entry below.</param>
/// <param name="Problem">Type of the problem that Metering answered with, if it did.</param>
public sealed record DeliveryState(long Delivered, DeliveryStep Step, string? Problem)
{
    public static DeliveryState New { get; } = new(0, DeliveryStep.GoOn, null);
}

/// <summary>
/// Brings every entry of an outbox to Metering, in order, each until Metering has it. Metering knows how much of it it has:
/// there is nothing else to remember, and so nothing to get wrong.
/// </summary>
public sealed class Delivery(IOutbox outbox, MeteringClient metering, TimeProvider clock, ILogger<Delivery> logger)
{
    private const int MostEntries = 1000;

    /// <summary>In base64, and with what a full batch has around it, this stays below the 1 MiB that every service takes.</summary>
    private const int MostBytes = 700_000;

    private volatile DeliveryState _state = DeliveryState.New;
    private int _failures;

    public DeliveryState State => _state;

    /// <summary>Delivers for ever; returns only when Metering and the producer contradict each other.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await DeliverAsync(ct);
            if (_state.Step == DeliveryStep.Stop)
            {
                return;
            }

            await Task.Delay(BackOffRules.Delay(_failures, Jitter()), clock, ct);
        }
    }

    /// <summary>Delivers until something is in the way; <see cref="State"/> says what.</summary>
    private async Task DeliverAsync(CancellationToken ct)
    {
        var answer = await metering.AskAsync(outbox.Producer, ct);
        if (await JudgeAsync(answer, sent: 0, ct) != DeliveryStep.GoOn)
        {
            return;
        }

        long sent;
        var from = DeliveryRules.ResumeAt(answer.NextIndex!.Value);
        do
        {
            await outbox.WaitForAsync(from, ct);
            if (await outbox.CountAsync(ct) - from < MostEntries)
            {
                await Task.Delay(DeliveryRules.Gather, clock, ct);
            }

            var entries = await outbox.ReadAsync(from, MostEntries, MostBytes, ct);
            sent = from + entries.Count;
            answer = await metering.DeliverAsync(new(outbox.Producer, from, entries), ct);
            from = answer.NextIndex ?? from;
        }
        while (await JudgeAsync(answer, sent, ct) == DeliveryStep.GoOn);
    }

    private async Task<DeliveryStep> JudgeAsync(MeteringAnswer answer, long sent, CancellationToken ct)
    {
        var (before, count) = (_state, await outbox.CountAsync(ct));
        var step = DeliveryRules.After(answer, sent, count);
        if (step == DeliveryStep.GoOn && sent == 0 && answer.NextIndex != 0)
        {
            return step; // that Metering answers a question does not show that it takes entries
        }

        _failures = step == DeliveryStep.GoOn ? 0 : _failures + 1;
        _state = new(step == DeliveryStep.GoOn ? answer.NextIndex!.Value : before.Delivered, step, answer.Problem);
        if (step != before.Step)
        {
            Tell(answer, count);
        }

        return step;
    }

    private void Tell(MeteringAnswer answer, long count)
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
                Log.Stopped(logger, _state.Delivered, count, answer.NextIndex, answer.Problem);
                break;
        }
    }

    private static double Jitter() => RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20);
}
