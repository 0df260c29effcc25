using System.Reflection;
using System.Text;
using Dapper;
using Kakehashi.TestKit;
using Npgsql;

namespace Kakehashi.ServiceDefaults.Tests;

public sealed class MigratorTests : IAsyncLifetime
{
    private const string First = "Kakehashi.Some.Migrations.V001_thing.sql";
    private const string Second = "Kakehashi.Some.Migrations.V002_more.sql";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly EmbeddedFiles _service = new() { [First] = "CREATE TABLE thing (thing_id int PRIMARY KEY)" };
    private TestDatabase _test = null!;
    private NpgsqlDataSource _database = null!;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.CreateAsync(_ct);
        _database = NpgsqlDataSource.Create(_test.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _test.DisposeAsync();
    }

    [Fact]
    public async Task Files_are_applied_in_order_and_once()
    {
        _service[Second] = "INSERT INTO thing VALUES (1)";
        _service["Kakehashi.Some.Migrations.notes.txt"] = "no SQL";

        await Migrator.ApplyAsync(_database, _service, _ct);
        await Migrator.ApplyAsync(_database, _service, _ct);

        Assert.Equal([First, Second], await AppliedAsync());
        Assert.Equal(1, await ScalarAsync("SELECT count(*) FROM thing"));
    }

    [Fact]
    public async Task Instances_that_start_at_once_migrate_once()
    {
        _service[Second] = "INSERT INTO thing SELECT count(*) FROM thing";

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Migrator.ApplyAsync(_database, _service, _ct)));

        Assert.Equal(1, await ScalarAsync("SELECT count(*) FROM thing"));
    }

    [Fact]
    public async Task A_file_that_fails_leaves_nothing_behind()
    {
        _service[Second] = "INSERT INTO nowhere VALUES (1)";

        await Assert.ThrowsAsync<PostgresException>(() => Migrator.ApplyAsync(_database, _service, _ct));

        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
    }

    private async Task<IEnumerable<string>> AppliedAsync()
    {
        await using var connection = await _database.OpenConnectionAsync(_ct);
        return await connection.QueryAsync<string>("SELECT name FROM schema_version ORDER BY name");
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = await _database.OpenConnectionAsync(_ct);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    /// <summary>Stands for a service's assembly: nothing but named files in it.</summary>
    private sealed class EmbeddedFiles : Assembly
    {
        private readonly Dictionary<string, string> _files = [];

        public string this[string name]
        {
            set => _files[name] = value;
        }

        public override string[] GetManifestResourceNames() => [.. _files.Keys.OrderDescending()];

        public override Stream? GetManifestResourceStream(string name) => new MemoryStream(Encoding.UTF8.GetBytes(_files[name]));
    }
}
