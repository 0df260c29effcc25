using System.Diagnostics;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.Node.Ledgers;
using Kakehashi.ServiceDefaults.Deliveries;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Kakehashi.Node.Tests.Ledgers;

/// <summary>A node's ledger and its delivery, a cable, the real Metering with its database, and an issuer.</summary>
public sealed class DeliveryLine : IAsyncLifetime
{
    public const string Slug = "bbj";
    public const string Producer = "node:bbj";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory("kakehashi-node-").FullName;
    private TestIssuer _issuer = null!;
    private TestDatabase _database = null!;
    private WebApplication? _metering;
    private WebApplication? _node;
    private string _keyFile = "";

    public Cable Cable { get; } = new();

    public LedgerFile Ledger { get; private set; } = null!;

    public DeliveryState State => _node!.Services.GetRequiredService<LedgerDelivery>().State;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync(_ct);
        _keyFile = _issuer.AddClient(Audiences.Node(Slug), Roles.Node);
        _database = await TestDatabase.CreateAsync(_ct);
        await StartMeteringAsync();
    }

    public async Task StartMeteringAsync()
    {
        _metering = await Metering.Program.BuildAsync(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--ConnectionStrings:metering={_database.ConnectionString}",
            $"--Tokens:Authority={_issuer.Authority}",
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

    /// <summary>Metering with a database that has never heard of the node.</summary>
    public async Task ReplaceMeteringAsync()
    {
        await StopMeteringAsync();
        await _database.DisposeAsync();
        _database = await TestDatabase.CreateAsync(_ct);
        await StartMeteringAsync();
    }

    /// <param name="ledger">Name of its ledger file: another name is another history.</param>
    public async Task StartNodeAsync(string ledger = "ledger", string node = Slug)
    {
        var builder = WebApplication.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--Tokens:Authority={_issuer.Authority}",
            $"--Tokens:ClientId={Audiences.Node(Slug)}",
            $"--Tokens:ClientKeyFile={_keyFile}",
            $"--Ledger:MeteringUrl={Cable.Url}",
        ]);
        builder.AddTokenClient();
        Ledger = await LedgerFile.OpenAsync(PathOf(ledger), _ct);
        builder.UseLedger(node, Ledger);
        _node = builder.Build();
        await _node.StartAsync(_ct);
    }

    public async Task StopNodeAsync()
    {
        if (_node is not null)
        {
            await _node.StopAsync(CancellationToken.None);
            await _node.DisposeAsync();
        }

        _node = null;
    }

    public string PathOf(string ledger) => Path.Combine(_folder, ledger);

    public async Task<byte[]> AppendAsync(byte[]? leaf = null)
    {
        leaf ??= Usage.Leaf(Slug);
        await Ledger.AppendAsync(leaf, _ct);
        return leaf;
    }

    public async Task<HealthStatus> HealthAsync() =>
        (await _node!.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(_ct)).Status;

    /// <summary>What Metering has stored, in the order of the node's indexes, which are dense.</summary>
    public async Task<List<byte[]>> StoredAsync()
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        var rows = (await connection.QueryAsync<(long Index, byte[] Leaf)>(
            "SELECT producer_index, leaf FROM ledger_event WHERE producer = @Producer ORDER BY producer_index", new { Producer })).AsList();
        Assert.Equal(Enumerable.Range(0, rows.Count).Select(i => (long)i), rows.Select(row => row.Index));
        return rows.ConvertAll(row => row.Leaf);
    }

    public Task<long> CountAsync() => ScalarAsync("SELECT count(*) FROM ledger_event WHERE producer = @Producer");

    public Task<long> ConflictsAsync() => ScalarAsync("SELECT count(*) FROM conflict WHERE producer = @Producer");

    /// <summary>Every entry of the ledger is at Metering, once, and nothing else is.</summary>
    public async Task AssertAllDeliveredAsync()
    {
        await UntilAsync(async () => await CountAsync() >= Ledger.Count);
        Assert.Equal(await Ledger.ReadAsync(0, int.MaxValue, int.MaxValue, _ct), await StoredAsync());
        await UntilAsync(async () => await HealthAsync() == HealthStatus.Healthy);
        Assert.Equal(0, await ConflictsAsync());
    }

    public async Task UntilAsync(Func<Task<bool>> holds)
    {
        var waiting = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(60), "Did not come to pass within a minute.");
            await Task.Delay(20, _ct);
        }
    }

    public Task UntilStepAsync(DeliveryStep step) => UntilAsync(() => Task.FromResult(State.Step == step));

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        return await connection.ExecuteScalarAsync<long>(sql, new { Producer });
    }

    public async ValueTask DisposeAsync()
    {
        await StopNodeAsync();
        await StopMeteringAsync();
        await Cable.DisposeAsync();
        await _issuer.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
