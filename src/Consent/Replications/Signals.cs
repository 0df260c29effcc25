using System.Collections.Concurrent;

namespace Kakehashi.Consent.Replications;

/// <summary>
/// What wakes up whom: a new change wakes the sender, a node's acknowledgement wakes whoever waits for it. Raised by this
/// process and, through PostgreSQL's notifications, by all others. A lost signal costs time, never a change: everybody
/// reads the tables anyway.
/// </summary>
public sealed class Signals(TimeProvider clock)
{
    public const string ChangedChannel = "consent_changed";

    public const string AcknowledgedChannel = "consent_acknowledged";

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _changes = [];
    private readonly ConcurrentDictionary<Waiter, byte> _waiters = [];

    public void Changed(string biobank) => ChangesOf(biobank).Release();

    /// <summary>Returns at once when something changed since the last call, otherwise at the next change or after the given time.</summary>
    public async Task ChangeAsync(string biobank, TimeSpan atMost, CancellationToken ct)
    {
        var changes = ChangesOf(biobank);
        if (await changes.WaitAsync(atMost, ct))
        {
            while (changes.Wait(0, CancellationToken.None))
            {
                // Many changes are one reason to look.
            }
        }
    }

    public void Acknowledged(string biobank, long applied)
    {
        foreach (var waiter in _waiters.Keys.Where(w => w.Biobank == biobank && w.Sequence <= applied))
        {
            waiter.Done.TrySetResult();
        }
    }

    /// <summary>Returns when the node has acknowledged the change, or after the given time.</summary>
    public async Task AcknowledgementAsync(string biobank, long sequence, TimeSpan atMost, CancellationToken ct)
    {
        var waiter = new Waiter(biobank, sequence, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiters.TryAdd(waiter, 0);
        try
        {
            await waiter.Done.Task.WaitAsync(atMost, clock, ct);
        }
        catch (TimeoutException)
        {
            // Not yet: the caller says so.
        }
        finally
        {
            _waiters.TryRemove(waiter, out _);
        }
    }

    private SemaphoreSlim ChangesOf(string biobank) => _changes.GetOrAdd(biobank, _ => new(0));

    private sealed record Waiter(string Biobank, long Sequence, TaskCompletionSource Done);
}
