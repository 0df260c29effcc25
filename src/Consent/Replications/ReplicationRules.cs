using Kakehashi.Contracts;

namespace Kakehashi.Consent.Replications;

/// <summary>What the sender of a biobank does after the node's answer.</summary>
public enum Next
{
    /// <summary>The node has everything: wait for a change, at most a heartbeat.</summary>
    Rest,

    /// <summary>The node lacks changes: send what follows the sequence it named.</summary>
    Send,

    /// <summary>No usable answer, or no progress: try again after a pause that grows.</summary>
    Pause,

    /// <summary>The node has applied changes nobody recorded: one of the two lost its memory. A person must look.</summary>
    Alarm,
}

/// <summary>In order, without gaps, whatever the node answers: the next batch starts after the sequence the node itself named.</summary>
public static class ReplicationRules
{
    /// <param name="applied">The node's receipt; null when there was none.</param>
    public static Next After(ConsentChanges sent, long? applied) => applied switch
    {
        null or < 0 => Next.Pause,
        _ when applied > sent.Head => Next.Alarm,
        _ when applied == sent.Head => Next.Rest,
        _ when applied == sent.After => Next.Pause,
        _ => Next.Send,
    };

    /// <summary>Doubles from a tenth of a second with every failure in a row, up to the longest pause.</summary>
    public static TimeSpan Pause(int failures, TimeSpan longest) =>
        TimeSpan.FromSeconds(Math.Min(0.1 * Math.Pow(2, Math.Clamp(failures - 1, 0, 20)), longest.TotalSeconds));
}
