using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.ServiceDefaults.Deliveries;

namespace Kakehashi.Node.Ledgers;

/// <summary>The node's own ledger is what it has to deliver.</summary>
internal sealed class LedgerOutbox(string node, LedgerFile ledger) : IOutbox
{
    public string Producer { get; } = Audiences.Node(node);

    public ValueTask<long> CountAsync(CancellationToken ct) => new(ledger.Count);

    public Task WaitForAsync(long index, CancellationToken ct) => ledger.WaitForAsync(index, ct);

    public Task<IReadOnlyList<byte[]>> ReadAsync(long from, int maxEntries, int maxBytes, CancellationToken ct) =>
        ledger.ReadAsync(from, maxEntries, maxBytes, ct);
}
