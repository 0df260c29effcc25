using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Dapper;
using Kakehashi.Catalog.Biobanks;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace Kakehashi.Catalog.Tests;

/// <summary>The real service on a real port, with its own database, an issuer and the nodes it talks to.</summary>
public sealed class CatalogService : IAsyncLifetime
{
    public static readonly string[] Biobanks = ["bbj", "jmicc", "tommo"];

    private readonly List<WebApplication> _instances = [];
    private readonly ConcurrentBag<HttpClient> _clients = [];
    private TestDatabase? _database;
    private string _keyFile = "";

    public TestIssuer Issuer { get; private set; } = null!;

    public PlayedNodes Nodes { get; private set; } = null!;

    /// <summary>The first instance.</summary>
    public WebApplication App => _instances[0];

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        _database = await TestDatabase.CreateAsync(ct);
        Issuer = await TestIssuer.StartAsync(ct);
        Nodes = await PlayedNodes.StartAsync(ct);
        _keyFile = Issuer.AddClient("catalog", Roles.Catalog);
        var app = await StartInstanceAsync(ct);
        await Eventually.IsAsync(async () => (await BiobanksAsync(app, ct)).All(b => b.VariablesAt is not null), ct);
    }

    public async Task<WebApplication> StartInstanceAsync(CancellationToken ct, params string[] settings)
    {
        var app = await Program.BuildAsync(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--ConnectionStrings:catalog={_database!.ConnectionString}",
            $"--Tokens:Authority={Issuer.Authority}",
            $"--Tokens:Audience={Audiences.Platform}",
            "--Tokens:ClientId=catalog",
            $"--Tokens:ClientKeyFile={_keyFile}",
            $"--Catalog:NodesUrl={Nodes.Url}",
            .. Biobanks.Select((biobank, i) => $"--Catalog:Biobanks:{i}={biobank}"),
            "--Catalog:RefreshInterval=00:00:00.050",
            "--Catalog:RefreshTimeout=00:00:01",
            "--Catalog:LargestCatalogueBytes=65536",
            .. settings,
        ]);
        _instances.Add(app);
        await app.StartAsync(ct);
        return app;
    }

    public async Task StopAsync(WebApplication app)
    {
        _instances.Remove(app);
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    public HttpClient Client(string? token, WebApplication? app = null)
    {
        var client = new HttpClient { BaseAddress = new((app ?? App).Urls.Single()) };
        _clients.Add(client);
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public HttpClient Researcher(WebApplication? app = null, params string[] projects) =>
        Client(Token("r-account", Roles.Researcher, new() { [TokenClaims.Projects] = projects }), app);

    public string Token(string subject, string role, Dictionary<string, object?>? claims = null) =>
        Issuer.Token(subject, Audiences.Platform, [role], "org", claims);

    public async Task<ListBiobanks.Biobank[]> BiobanksAsync(WebApplication app, CancellationToken ct) =>
        (await Researcher(app).GetFromJsonAsync<ListBiobanks.Biobank[]>("/biobanks", ServiceDefaultsExtensions.Json, ct))!;

    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(_database!.ConnectionString);
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        foreach (var app in _instances.ToArray())
        {
            await StopAsync(app);
        }

        await Nodes.DisposeAsync();
        await Issuer.DisposeAsync();
        await _database!.DisposeAsync();
    }
}
