using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Kakehashi.Gateway.Tests.Sessions;

/// <summary>The real IdBroker behind real Gateways with a database, one clock for all, and a service that says what it was sent.</summary>
public sealed class SessionPlatform : IAsyncLifetime
{
    /// <summary>Ito's.</summary>
    public const string Password = "correct horse battery";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sessions-");
    private readonly List<WebApplication> _started = [];
    private TestDatabase _brokerDatabase = null!;
    private TestDatabase _database = null!;
    private WebApplication _service = null!;

    public TestClock Clock { get; } = new();

    /// <summary>Scheme, host and port of the public address, which is the first Gateway's.</summary>
    public string Origin { get; } = $"http://localhost:{FreePort()}";

    public string Issuer => $"{Origin}/id";

    public WebApplication Broker { get; private set; } = null!;

    public WebApplication Gateway { get; private set; } = null!;

    public string ConnectionString => _database.ConnectionString;

    public string BrokerConnectionString => _brokerDatabase.ConnectionString;

    /// <summary>Headers of the requests that reached the service.</summary>
    public ConcurrentQueue<Dictionary<string, string>> Reached { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_brokerDatabase, _database) = (await TestDatabase.CreateAsync(Ct), await TestDatabase.CreateAsync(Ct));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(FileOf("gateway.pem"), key.ExportPkcs8PrivateKeyPem(), Ct);
        await File.WriteAllBytesAsync(FileOf("kek"), RandomNumberGenerator.GetBytes(32), Ct);
        await File.WriteAllTextAsync(FileOf("clients.json"), ClientsFile(key.ExportSubjectPublicKeyInfoPem()), Ct);
        await File.WriteAllTextAsync(FileOf("accounts.json"), AccountsFile(), Ct);
        _service = await TestPlatform.StartServiceAsync(app => app.Map("/{**path}", (HttpRequest request) =>
        {
            Reached.Enqueue(request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
            return new { path = request.Path.Value };
        }));
        Broker = await StartAsync(IdBroker.Program.BuildAsync, [
            "--urls=http://127.0.0.1:0", $"--ConnectionStrings:idbroker={BrokerConnectionString}", $"--IdBroker:Issuer={Issuer}",
            $"--IdBroker:KeyEncryptionKeyFile={FileOf("kek")}", $"--IdBroker:ClientsFile={FileOf("clients.json")}", $"--IdBroker:AccountsFile={FileOf("accounts.json")}"]);
        Gateway = await StartGatewayAsync(Origin);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _started.AsEnumerable().Reverse())
        {
            await app.DisposeAsync();
        }

        await _service.DisposeAsync();

        await _database.DisposeAsync();
        await _brokerDatabase.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A Gateway at this address; browsers see the public one.</summary>
    public Task<WebApplication> StartGatewayAsync(string front = "http://127.0.0.1:0", params IReadOnlyList<string> settings) => StartAsync(Kakehashi.Gateway.Program.BuildAsync, [
        $"--Gateway:FrontUrl={front}", "--Gateway:BackUrl=http://127.0.0.1:0", $"--Gateway:PublicUrl={Origin}",
        $"--Gateway:Services:IdBroker={Broker.Urls.Single()}", $"--Gateway:Services:Catalog={_service.Urls.Single()}",
        $"--ConnectionStrings:gateway={ConnectionString}", $"--Tokens:Authority={Issuer}", "--Tokens:Audience=kakehashi",
        "--Tokens:ClientId=gateway", $"--Tokens:ClientKeyFile={FileOf("gateway.pem")}", .. settings]);

    /// <summary>A browser whose person is signed in at the issuer already, as after its sign-in page.</summary>
    public async Task<TestBrowser> BrowserAsync(string? account = "ito", string acr = Assurance.Mfa)
    {
        var browser = new TestBrowser(Origin, Origin);
        if (account is not null)
        {
            var context = new DefaultHttpContext();
            await using var connection = new NpgsqlConnection(BrokerConnectionString);
            await connection.OpenAsync(Ct);
            await using var transaction = await connection.BeginTransactionAsync(Ct);
            await Broker.Services.GetRequiredService<SignInSessions>().StartAsync(context, transaction, account, new(acr, ["pwd", "otp"]), Ct);
            await transaction.CommitAsync(Ct);
            browser.Take(context.Response.Headers.SetCookie!);
        }

        return browser;
    }

    /// <summary>A browser whose person is signed in all the way.</summary>
    public async Task<TestBrowser> SignedInAsync(string account = "ito", string acr = Assurance.Mfa)
    {
        var browser = await BrowserAsync(account, acr);
        var end = await browser.SignInAsync();
        Assert.Equal((HttpStatusCode.Redirect, $"{Origin}/"), (end.Status, end.Location));
        return browser;
    }

    public Task<T?> AskAsync<T>(string sql, object? parameters = null) => AskAsync<T>(ConnectionString, sql, parameters);

    public Task<T?> AskBrokerAsync<T>(string sql, object? parameters = null) => AskAsync<T>(BrokerConnectionString, sql, parameters);

    /// <summary>Signed with the issuer's own key.</summary>
    public string Sign(string type, IReadOnlyDictionary<string, object?> claims) => Broker.Services.GetRequiredService<KeyRing>().Active.Sign(type, json =>
    {
        foreach (var (name, value) in claims.Where(claim => claim.Value is not null))
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value);
        }
    });

    /// <summary>An address nobody listens at, known before the start because it is part of the configuration.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<T?> AskAsync<T>(string database, string sql, object? parameters)
    {
        await using var connection = new NpgsqlConnection(database);
        return await connection.ExecuteScalarAsync<T>(sql, parameters);
    }

    private static string AccountsFile() => JsonSerializer.Serialize(new
    {
        accounts = new object[]
        {
            new { id = "ito", name = "伊藤", org = "理研", roles = new[] { "researcher" }, demo = true, passwordHash = PasswordRules.Hash(Password) },
            new { id = "mori", name = "Mori", roles = new[] { "operator" }, demo = true },
        },
    });

    private string ClientsFile(string publicPem) => JsonSerializer.Serialize(new
    {
        clients = new[]
        {
            new
            {
                id = "gateway",
                publicKey = publicPem,
                name = "Kakehashi",
                audiences = new[] { Audiences.Platform },
                grants = new[] { "authorization_code", "refresh_token" },
                scopes = new[] { "openid", "profile", "ga4gh_passport_v1" },
                redirectUris = new[] { $"{Origin}/session/callback" },
                postLogoutRedirectUris = new[] { $"{Origin}/" },
                backChannelLogoutUri = $"{Origin}/session/back-channel",
                requiresPushed = true,
            },
        },
    });

    private string FileOf(string name) => Path.Combine(_folder.FullName, name);

    private async Task<WebApplication> StartAsync(Func<string[], Action<WebApplicationBuilder>?, Task<WebApplication>> build, string[] settings)
    {
        var app = await build(settings, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        });
        _started.Add(app);
        await app.StartAsync(Ct);
        return app;
    }
}
