using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>
/// A run of ledger entries from one producer to Metering: <c>POST /batches</c> with the producer's own token. Entries are the
/// exact leaf bytes (base64 in JSON), dense from <see cref="FirstIndex"/>.
/// </summary>
/// <param name="Producer">The client id of whoever keeps the ledger: <c>node:</c> and a slug, or <c>idbroker</c>.</param>
public sealed record LedgerBatch(
    [property: JsonRequired] string Producer,
    [property: JsonRequired] long FirstIndex,
    [property: JsonRequired] IReadOnlyList<byte[]> Entries);

/// <summary>Metering's answer: every entry below <see cref="NextIndex"/> is durable at the centre.</summary>
public sealed record LedgerBatchReceipt([property: JsonRequired] long NextIndex);
