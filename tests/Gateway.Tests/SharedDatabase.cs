using Kakehashi.TestKit;

[assembly: AssemblyFixture(typeof(Kakehashi.Gateway.Tests.SharedDatabase))]

namespace Kakehashi.Gateway.Tests;

/// <summary>The database of all Gateways whose tests have nothing to do with one.</summary>
public sealed class SharedDatabase : IAsyncLifetime
{
    private static TestDatabase? _database;

    public static string ConnectionString => _database!.ConnectionString;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}
