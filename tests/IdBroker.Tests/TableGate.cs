using Dapper;
using Npgsql;

namespace Kakehashi.IdBroker.Tests;

/// <summary>Keeps everybody from writing to a table until told to open, so that racing requests are all under way before any may pass.</summary>
public sealed class TableGate : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private TableGate(NpgsqlConnection connection, NpgsqlTransaction transaction) => (_connection, _transaction) = (connection, transaction);

    public static async Task<TableGate> CloseAsync(string connectionString, string table, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync($"LOCK TABLE {table} IN SHARE MODE", transaction: transaction);
        return new(connection, transaction);
    }

    public async Task OpenWhenWaitingAsync(int requests, CancellationToken ct)
    {
        const string Waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while (await _connection.ExecuteScalarAsync<long>(Waiting, transaction: _transaction) < requests)
        {
            await Task.Delay(20, ct);
            await _connection.ExecuteAsync("SELECT pg_stat_clear_snapshot()", transaction: _transaction); // else frozen in a transaction
        }

        await _transaction.RollbackAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
