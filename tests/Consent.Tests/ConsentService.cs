using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Dapper;
using Kakehashi.Consent.Withdrawals;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace Kakehashi.Consent.Tests;

/// <summary>The real service on a real port, with its own database, an issuer and the nodes it talks to.</summary>
public sealed class ConsentService : IAsyncLifetime
{
    public const string First = "bbj";
    public const string Second = "tommo";

    private readonly List<WebApplication> _instances = [];
    private readonly ConcurrentBag<HttpClient> _clients = [];
    private TestDatabase? _database;
    private string _keyFile = "";
    private int _participants;

    public string ConnectionString => _database!.ConnectionString;

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
        _keyFile = Issuer.AddClient("consent", Roles.Consent);
        await StartInstanceAsync(ct);
    }

    public async Task<WebApplication> StartInstanceAsync(CancellationToken ct, params string[] settings)
    {
        var app = await Program.BuildAsync(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--ConnectionStrings:consent={ConnectionString}",
            $"--Tokens:Authority={Issuer.Authority}",
            $"--Tokens:Audience={Audiences.Platform}",
            "--Tokens:ClientId=consent",
            $"--Tokens:ClientKeyFile={_keyFile}",
            $"--Consent:NodesUrl={Nodes.Url}",
            $"--Consent:Biobanks:0={First}",
            $"--Consent:Biobanks:1={Second}",
            "--Consent:Heartbeat=00:00:00.200",
            "--Consent:LongestPause=00:00:00.200",
            "--Consent:NodeTimeout=00:00:01",
            .. settings,
        ]);
        _instances.Add(app);
        await app.StartAsync(ct);
        return app;
    }

    /// <summary>Ends an instance as a deployment does.</summary>
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

    public HttpClient Participant(string biobank, ParticipantRef participant, WebApplication? app = null) => Client(
        Token("p-account", Roles.Participant, new() { [TokenClaims.Participant] = $"{biobank}/{participant.ToWire()}" }), app);

    public HttpClient Steward(params string[] biobanks) =>
        Client(Token("s-account", Roles.Steward, new() { [TokenClaims.BiobankRoles] = biobanks.Select(biobank => $"{Roles.Steward}:{biobank}") }));

    /// <summary>The chair of biobanks' data access committees, freshly signed in with two factors.</summary>
    public HttpClient Chair(string account, params string[] biobanks) => Client(FreshToken(account, Roles.DacChair, biobanks));

    /// <param name="age">How long ago the sign-in was.</param>
    public string FreshToken(
        string subject, string role, string[] biobanks, string acr = Assurance.Mfa, TimeSpan age = default, params string[] projects) =>
        Token(subject, role, new()
        {
            [TokenClaims.BiobankRoles] = biobanks.Select(biobank => $"{role}:{biobank}"),
            [TokenClaims.Projects] = projects,
            [TokenClaims.Acr] = acr,
            [TokenClaims.AuthTime] = (TimeProvider.System.GetUtcNow() - age).ToUnixTimeSeconds(),
        });

    public string Token(string subject, string role, Dictionary<string, object?>? claims = null) =>
        Issuer.Token(subject, Audiences.Platform, [role], "org", claims);

    /// <summary>A participant nobody has heard of.</summary>
    public ParticipantRef NewParticipant() => new((UInt128)Interlocked.Increment(ref _participants) << 64);

    public async Task<Withdraw.Response> GivenAWithdrawalAsync(string biobank, ParticipantRef participant, CancellationToken ct)
    {
        var steward = Steward(biobank);
        var answer = await steward.PostAsJsonAsync("/withdrawals", new Withdraw.Request(biobank, participant, "by letter"), ServiceDefaultsExtensions.Json, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<Withdraw.Response>(ServiceDefaultsExtensions.Json, ct))!;
    }

    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
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
