using Npgsql;

namespace Kakehashi.TestKit;

/// <summary>
/// Holds a row lock until every request of a race is waiting for it, then lets them go. Two at once become a certainty
/// instead of luck.
/// </summary>
public sealed class RowGate : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private RowGate(NpgsqlConnection connection, NpgsqlTransaction transaction) => (_connection, _transaction) = (connection, transaction);

    /// <param name="selectForUpdate">The statement that takes the lock, e.g. <c>SELECT 1 FROM biobank WHERE … FOR UPDATE</c>.</param>
    public static async Task<RowGate> CloseAsync(string connectionString, string selectForUpdate, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        var transaction = await connection.BeginTransactionAsync(ct);
#pragma warning disable CA2100 // The text comes from the test itself.
        await using var command = new NpgsqlCommand(selectForUpdate, connection, transaction);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
        return new(connection, transaction);
    }

    public async Task OpenWhenWaitingAsync(int requests, CancellationToken ct)
    {
        // Inside a transaction pg_stat_activity stays as first seen, unless its snapshot is cleared.
        await using var clear = new NpgsqlCommand("SELECT pg_stat_clear_snapshot()", _connection, _transaction);
        await using var count = new NpgsqlCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", _connection, _transaction);
        while ((long)(await count.ExecuteScalarAsync(ct))! < requests)
        {
            await Task.Delay(20, ct);
            await clear.ExecuteNonQueryAsync(ct);
        }

        await _transaction.RollbackAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
