using Npgsql;

namespace Kakehashi.TestKit;

/// <summary>One new database, dropped at the end, on the server named by TEST_POSTGRES. One for each test class.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _server;
    private readonly string _name;

    private TestDatabase(NpgsqlDataSource server, string name, string connectionString) =>
        (_server, _name, ConnectionString) = (server, name, connectionString);

    public string ConnectionString { get; }

    public static async Task<TestDatabase> CreateAsync(CancellationToken ct)
    {
        var server = Environment.GetEnvironmentVariable("TEST_POSTGRES")
            ?? throw new InvalidOperationException("TEST_POSTGRES is not set: run the tests with ./kakehashi test, which starts a server for them.");
        var source = NpgsqlDataSource.Create(server);
        var name = $"test_{Guid.CreateVersion7():N}";
        await using var create = source.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync(ct);
        return new(source, name, new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await using (var drop = _server.CreateCommand($"DROP DATABASE {_name} WITH (FORCE)"))
        {
            await drop.ExecuteNonQueryAsync();
        }

        await _server.DisposeAsync();
    }
}
