namespace Kakehashi.Ledger;

/// <summary>An entry on its way to disk, framed and hashed by its caller; the task gives its index.</summary>
internal sealed class PendingEntry(ReadOnlySpan<byte> leaf, TreeHash hash)
    : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public ReadOnlyMemory<byte> Bytes { get; } = Frame.OfEntry(leaf, hash);

    public TreeHash Hash { get; } = hash;
}
