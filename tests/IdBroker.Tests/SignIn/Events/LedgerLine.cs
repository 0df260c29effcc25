using System.Diagnostics;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.ServiceDefaults.Deliveries;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Kakehashi.IdBroker.Tests.SignIn.Events;

/// <summary>A broker, a cable, and the real Metering at its other end, which trusts the broker's tokens.</summary>
public sealed class LedgerLine : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TestDatabase _database = null!;
    private WebApplication? _metering;

    public LedgerLine() => Broker = new() { MoreSettings = LayAsync };

    public TestBroker Broker { get; }

    public Cable Cable { get; } = new();

    public EventRelay Relay => Broker.Services.GetRequiredService<EventRelay>();

    public async ValueTask InitializeAsync() => await Broker.InitializeAsync();

    public async Task StartMeteringAsync()
    {
        _metering = await Metering.Program.BuildAsync(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--ConnectionStrings:metering={_database.ConnectionString}",
            $"--Tokens:Authority={Broker.Issuer}",
            $"--Tokens:Audience={Audiences.Platform}",
        ]);
        await _metering.StartAsync(_ct);
        Cable.Port = new Uri(_metering.Urls.Single()).Port;
    }

    public async Task StopMeteringAsync()
    {
        Cable.Port = 0;
        if (_metering is not null)
        {
            await _metering.DisposeAsync();
        }

        _metering = null;
    }

    /// <summary>Metering with a database that has never heard of the broker.</summary>
    public async Task ReplaceMeteringAsync()
    {
        await StopMeteringAsync();
        await _database.DisposeAsync();
        _database = await TestDatabase.CreateAsync(_ct);
        await StartMeteringAsync();
    }

    /// <summary>One more event, in a transaction of its own.</summary>
    public async Task WriteAsync(string subject = "ito")
    {
        await using var connection = new NpgsqlConnection(Broker.ConnectionString);
        await connection.OpenAsync(_ct);
        await using var transaction = await connection.BeginTransactionAsync(_ct);
        await AppendAsync(transaction, subject);
        await transaction.CommitAsync(_ct);
    }

    public Task AppendAsync(NpgsqlTransaction transaction, string subject) =>
        AccessEvents.AppendAsync(transaction, new(Broker.Clock.GetUtcNow(), AccessEvents.Anonymous, "sign-in.failed", subject), _ct);

    public async Task<HealthStatus> HealthAsync(IServiceProvider? instance = null) =>
        (await (instance ?? Broker.Services).GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "events", _ct)).Status;

    /// <summary>Every row of the broker's table is at Metering, once, in the order of its numbers, and nothing else is.</summary>
    public async Task AssertAllDeliveredAsync()
    {
        await UntilAsync(async () => await StoredCountAsync() >= await CountAsync());
        await UntilAsync(async () => await HealthAsync() == HealthStatus.Healthy);
        Assert.Equal(await NumberedAsync(), await StoredAsync());
        Assert.Equal(await CountAsync(), await StoredCountAsync());
        Assert.Equal(0, await AtMeteringAsync<long>("SELECT count(*) FROM conflict"));
    }

    public Task<long> CountAsync() => AtBrokerAsync<long>("SELECT count(*) FROM access_event");

    public Task<long> StoredCountAsync() => AtMeteringAsync<long>("SELECT count(*) FROM ledger_event");

    public async Task<T> AtBrokerAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Broker.ConnectionString);
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    public async Task<T> AtMeteringAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    /// <summary>The broker's leaves by their numbers, which are dense.</summary>
    public async Task<List<byte[]>> NumberedAsync() => await DenseAsync(
        Broker.ConnectionString, "SELECT ledger_index, leaf FROM access_event WHERE ledger_index IS NOT NULL ORDER BY ledger_index");

    public async Task<List<byte[]>> StoredAsync() => await DenseAsync(
        _database.ConnectionString, "SELECT producer_index, leaf FROM ledger_event WHERE producer = 'idbroker' ORDER BY producer_index");

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var waiting = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(60), "Did not come to pass within a minute.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public Task UntilStepAsync(DeliveryStep step) => UntilAsync(() => Task.FromResult(Relay.State?.Step == step));

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await StopMeteringAsync();
        await Cable.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task<IReadOnlyList<string>> LayAsync(string issuer)
    {
        _database = await TestDatabase.CreateAsync(_ct);
        await StartMeteringAsync();
        return [$"--IdBroker:MeteringUrl={Cable.Url}"];
    }

    private static async Task<List<byte[]>> DenseAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        var rows = (await connection.QueryAsync<(long Index, byte[] Leaf)>(sql)).AsList();
        Assert.Equal(Enumerable.Range(0, rows.Count).Select(i => (long)i), rows.Select(row => row.Index));
        return rows.ConvertAll(row => row.Leaf);
    }
}
