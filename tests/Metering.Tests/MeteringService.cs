using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace Kakehashi.Metering.Tests;

/// <summary>The real service on a real port, with its own database and an issuer.</summary>
public sealed class MeteringService : IAsyncLifetime
{
    private readonly ConcurrentBag<HttpClient> _clients = [];
    private TestDatabase _database = null!;
    private TestIssuer _issuer = null!;

    public WebApplication App { get; private set; } = null!;

    public string ConnectionString => _database.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        _database = await TestDatabase.CreateAsync(ct);
        _issuer = await TestIssuer.StartAsync(ct);
        App = await StartAsync(ConnectionString, ct);
    }

    /// <summary>A further instance of the service.</summary>
    public async Task<WebApplication> StartAsync(string connectionString, CancellationToken ct)
    {
        var app = await Program.BuildAsync(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--ConnectionStrings:metering={connectionString}",
            $"--Tokens:Authority={_issuer.Authority}",
            $"--Tokens:Audience={Audiences.Platform}",
        ]);
        await app.StartAsync(ct);
        return app;
    }

    /// <summary>A client with any role; a node's client id names the node.</summary>
    public HttpClient Client(string role, string clientId = "portal") => ClientWith(_issuer.Token(
        "someone", Audiences.Platform, [role], claims: new Dictionary<string, object?> { [TokenClaims.ClientId] = clientId }));

    public HttpClient ClientWith(string? token)
    {
        var client = new HttpClient { BaseAddress = new(App.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        _clients.Add(client);
        return client;
    }

    public HttpClient Auditor() => Client(Roles.Auditor);

    public HttpClient Node(string node) => Client(Roles.Node, Audiences.Node(node));

    public HttpClient Broker() => Client(Roles.IdBroker, Access.Producer);

    public Task<HttpResponseMessage> DeliverAsync(string node, long firstIndex, params byte[][] entries) =>
        DeliverAsync(Node(node), Audiences.Node(node), firstIndex, entries);

    public static Task<HttpResponseMessage> DeliverAsync(HttpClient by, string producer, long firstIndex, params byte[][] entries) => by.PostAsJsonAsync(
        "/batches", new LedgerBatch(producer, firstIndex, entries), ServiceDefaultsExtensions.Json, TestContext.Current.CancellationToken);

    /// <summary>Delivers, expects it to be taken, and gives the next index.</summary>
    public async Task<long> GivenEntriesAsync(string node, long firstIndex, params byte[][] entries)
    {
        var answer = await DeliverAsync(node, firstIndex, entries);
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        return (await answer.ReadAsync<LedgerBatchReceipt>()).NextIndex;
    }

    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    /// <summary>What is stored of a node, in the order of its own indexes.</summary>
    public async Task<List<(long Index, byte[] Leaf)>> StoredAsync(string node)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        return (await connection.QueryAsync<(long, byte[])>(
            "SELECT producer_index, leaf FROM ledger_event WHERE producer = 'node:' || @node ORDER BY producer_index", new { node })).AsList();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await App.DisposeAsync();
        await _issuer.DisposeAsync();
        await _database.DisposeAsync();
    }
}
