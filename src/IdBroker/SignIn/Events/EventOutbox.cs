using System.Data;
using Dapper;
using Kakehashi.ServiceDefaults.Deliveries;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Events;

/// <summary>
/// The rows of <c>access_event</c>, numbered for the ledger when they are visible: identity values commit out of order, so no
/// reader could tell a gap from a row still to come. Everything runs on the connection that holds the relay's lock, so whoever
/// lost the lock can number nothing any more.
/// </summary>
internal sealed class EventOutbox(NpgsqlConnection connection, TimeProvider clock) : IOutbox
{
    private const int NumberedAtOnce = 1000;

    public string Producer => AccessEvents.Producer;

    // Dapper would open a broken connection again, and that one holds no lock.
    private NpgsqlConnection Locked => connection.FullState.HasFlag(ConnectionState.Open)
        ? connection
        : throw new NpgsqlException("The connection that held the relay's lock is gone.");

    public async ValueTask<long> CountAsync(CancellationToken ct) =>
        await Locked.ExecuteScalarAsync<long>(new("SELECT coalesce(max(ledger_index) + 1, 0) FROM access_event", cancellationToken: ct));

    public async Task WaitForAsync(long index, CancellationToken ct)
    {
        await NumberAsync(ct);
        while (await CountAsync(ct) <= index)
        {
            await Task.Delay(DeliveryRules.Gather, clock, ct);
            await NumberAsync(ct);
        }
    }

    public async Task<IReadOnlyList<byte[]>> ReadAsync(long from, int maxEntries, int maxBytes, CancellationToken ct)
    {
        await NumberAsync(ct);
        var leaves = await Locked.QueryAsync<byte[]>(new(
            "SELECT leaf FROM access_event WHERE ledger_index >= @from ORDER BY ledger_index LIMIT @maxEntries",
            new { from, maxEntries },
            cancellationToken: ct));
        var bytes = 0;
        return leaves.TakeWhile((leaf, at) => (bytes += leaf.Length) <= maxBytes || at == 0).ToList();
    }

    /// <summary>How many rows were numbered now.</summary>
    private Task<int> NumberAsync(CancellationToken ct) => Locked.ExecuteAsync(new(
        """
        WITH fresh AS (
            SELECT access_event_id, row_number() OVER (ORDER BY access_event_id) - 1 AS place
            FROM access_event WHERE ledger_index IS NULL
            ORDER BY access_event_id LIMIT @NumberedAtOnce)
        UPDATE access_event
        SET ledger_index = (SELECT coalesce(max(ledger_index) + 1, 0) FROM access_event) + fresh.place
        FROM fresh
        WHERE access_event.access_event_id = fresh.access_event_id
        """,
        new { NumberedAtOnce },
        cancellationToken: ct));
}
