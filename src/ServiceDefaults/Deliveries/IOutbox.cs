namespace Kakehashi.ServiceDefaults.Deliveries;

/// <summary>What one producer has to say to the ledger: entries numbered from 0 without a gap, none of which ever changes.</summary>
public interface IOutbox
{
    /// <summary>The client id under which Metering knows the producer.</summary>
    string Producer { get; }

    ValueTask<long> CountAsync(CancellationToken ct);

    /// <summary>Until there is an entry with this index.</summary>
    Task WaitForAsync(long index, CancellationToken ct);

    /// <summary>Entries from an index on: at most so many, and so many bytes (but at least one, unless there is none).</summary>
    Task<IReadOnlyList<byte[]>> ReadAsync(long from, int maxEntries, int maxBytes, CancellationToken ct);
}
