using Kakehashi.Seeds;
using Kakehashi.TestKit;
using Npgsql;

namespace Kakehashi.Adapters.Tests.Conformance;

/// <summary>A database made of the fixture's CDM files, and a role that may only read it.</summary>
public sealed class OmopDatabase : IAsyncLifetime
{
    private readonly string _role = $"reader_{Guid.CreateVersion7():N}";
    private TestDatabase? _database;

    public string Owner => _database!.ConnectionString;

    public string Reader { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        _database = await TestDatabase.CreateAsync(ct);
        await CdmSample.LoadAsync(Owner, Path.Combine(Shared.RepositoryRoot(), "tests", "Adapters.Tests", "Fixtures", "omop"), ct);
        Reader = await CdmSample.GrantReaderAsync(Owner, _role, "reads", ct);
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync($"DROP OWNED BY {_role}; DROP ROLE {_role}");
        await _database!.DisposeAsync();
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Owner);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<string> TextAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Owner);
        await using var command = source.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
