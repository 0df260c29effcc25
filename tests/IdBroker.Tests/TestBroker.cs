using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Kakehashi.IdBroker.Tests;

/// <summary>A running IdBroker with its own database, a few registered clients (whose keys the tests hold) and accounts.</summary>
public sealed class TestBroker : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("test-broker-");
    private readonly List<WebApplication> _instances = [];
    private readonly HttpClient _discovery = IssuerDocument.CreateHttpClient();
    private TestDatabase _database = null!;

    /// <summary>Passkeys belong to a name: a browser gives none to an address.</summary>
    public string Host { get; init; } = "127.0.0.1";

    public TestClock Clock { get; } = new();

    public string Issuer { get; private set; } = "";

    public string ConnectionString => _database.ConnectionString;

    /// <summary>Further settings, found out when the issuer's address is known and before the start.</summary>
    public Func<string, Task<IReadOnlyList<string>>> MoreSettings { get; init; } = _ => Task.FromResult<IReadOnlyList<string>>([]);

    public IServiceProvider Services => _instances[0].Services;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Where the client portal hears of ended sessions; set before <see cref="WriteClients"/>.</summary>
    public string? BackChannel { get; set; }

    /// <summary>Settings beside the usual ones, for instances that start from now on.</summary>
    public IList<string> Settings { get; } = [];

    public Dictionary<string, SigningKey> Keys { get; } = [];

    public string ClientsFile => Path.Combine(_folder.FullName, "clients.json");

    public string AccountsFile => Path.Combine(_folder.FullName, "accounts.json");

    public string KeyFile => Path.Combine(_folder.FullName, "kek");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(Ct);
        Issuer = $"http://{Host}:{FreePort()}";
        await File.WriteAllBytesAsync(KeyFile, RandomNumberGenerator.GetBytes(32), Ct);
        WriteClients();
        WriteAccounts("researcher");
        foreach (var setting in await MoreSettings(Issuer))
        {
            Settings.Add(setting);
        }

        Http = (await StartAsync(Issuer)).Http;
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        _discovery.Dispose();
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }

        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A further instance on the same database.</summary>
    public async Task<(WebApplication App, HttpClient Http)> StartAsync(string? url = null, string? keyFile = null)
    {
        var app = await Program.BuildAsync(
            [
                $"--urls={url ?? "http://127.0.0.1:0"}",
                $"--ConnectionStrings:idbroker={ConnectionString}",
                $"--IdBroker:Issuer={Issuer}",
                $"--IdBroker:KeyEncryptionKeyFile={keyFile ?? KeyFile}",
                $"--IdBroker:ClientsFile={ClientsFile}",
                $"--IdBroker:AccountsFile={AccountsFile}",
                .. Settings,
            ],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            });
        _instances.Add(app);
        await app.StartAsync(Ct);
        return (app, new() { BaseAddress = new(app.Urls.Single()) });
    }

    public void WriteClients(params IReadOnlyList<string> without)
    {
        object[] clients =
        [
            Client("catalog", [Roles.Catalog], ["kakehashi", "node:*"], ["client_credentials", "token-exchange"]),
            Client("consent", [Roles.Consent], ["node:bbj"], ["client_credentials"]),
            Client("node:bbj", [Roles.Node], ["kakehashi"], ["client_credentials"]),
            Client("node:tommo", [Roles.Node], ["kakehashi"], ["client_credentials"], asPem: true),
            Client("cli", [], ["kakehashi"], ["jwt-bearer"], permissions: ["demo-accounts"]),
            App("portal", ["openid", "profile", "ga4gh_passport_v1"], ["authorization_code", "refresh_token"], backChannel: BackChannel),
            App("pusher", ["openid"], ["authorization_code"], requiresPushed: true),
            App("other-app", ["openid"], ["authorization_code", "refresh_token"]),
            App("notebook", ["openid", "profile"], ["authorization_code", "refresh_token", "device_code"], isPublic: true),
            Client("checker", [], [], [], permissions: ["introspection"]),
            Client("almost-cli", [], ["kakehashi"], ["jwt-bearer"]),
            Client("leaver", [Roles.Catalog], ["kakehashi"], ["client_credentials"]),
        ];
        File.WriteAllText(ClientsFile, JsonSerializer.Serialize(
            new { clients = clients.Where(c => !without.Contains(JsonSerializer.SerializeToElement(c).GetProperty("id").GetString())) }));
    }

    public void WriteAccounts(string rolesOfIto) => File.WriteAllText(AccountsFile, $$"""
        {"accounts": [
          {"id": "ito", "name": "伊藤", "org": "理研", "roles": ["{{rolesOfIto}}"], "projects": ["diabetes", "other"], "demo": true},
          {"id": "mori", "name": "Mori", "roles": ["operator"], "demo": true},
          {"id": "kato", "name": "Kato", "roles": ["participant"], "participant": "bbj/0123", "demo": true},
          {"id": "real", "name": "Real", "roles": ["steward"], "biobanks": ["bbj"]}
        ]}
        """);

    /// <summary>Posts a token request of a client, with a fresh assertion unless one is given.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(string client, params (string Name, string Value)[] form) =>
        await PostAsync(Http, [("client_assertion_type", ClientAssertion.AssertionType), ("client_assertion", Assertion(client)), .. form]);

    /// <summary>Posts to another endpoint that clients prove themselves at.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> AskAtAsync(string path, string client, params (string Name, string Value)[] form) =>
        await PostAsync(Http, [("client_assertion_type", ClientAssertion.AssertionType), ("client_assertion", Assertion(client)), .. form], path);

    public static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(
        HttpClient http, IEnumerable<(string Name, string Value)> form, string path = "/token", string? proof = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (proof is not null)
        {
            request.Headers.Add("DPoP", proof);
        }

        using var answer = await http.SendAsync(request, Ct);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        var body = await answer.Content.ReadAsByteArrayAsync(Ct);
        return (answer.StatusCode, body.Length == 0 ? default : JsonElement.Parse(body));
    }

    /// <summary>A person's browser, signed in already unless told otherwise.</summary>
    public async Task<TestBrowser> BrowserAsync(string? account, string acr = Assurance.Mfa)
    {
        var browser = new TestBrowser(Http.BaseAddress!);
        if (account is not null)
        {
            await SignInAsync(browser, account, acr);
        }

        return browser;
    }

    /// <summary>Signs in as the sign-in page would at its end.</summary>
    public async Task<Guid> SignInAsync(TestBrowser browser, string account, string acr = Assurance.Mfa)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        var session = await Services.GetRequiredService<SignInSessions>().StartAsync(context, transaction, account, new(acr, ["pwd", "otp"]), Ct);
        await transaction.CommitAsync(Ct);
        browser.Take(context.Response.Headers.SetCookie!);
        return session.SessionId;
    }

    public async Task<IReadOnlyList<string>> EventsAsync(string kind)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        return (await connection.QueryAsync<string>(
            "SELECT convert_from(leaf, 'UTF8') FROM access_event WHERE kind = @kind ORDER BY access_event_id", new { kind })).AsList();
    }

    public string Assertion(string client) => ClientAssertion.Create(Keys[client], client, Issuer, Clock.GetUtcNow());

    public async Task<string> AccountTokenAsync(string account) =>
        (await AskAsync("cli", ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", Grant("cli", account))))
        .Body.GetProperty("access_token").GetString()!;

    public string Grant(string client, string account) =>
        ClientAssertion.CreateGrant(Keys[client], client, account, Issuer, Clock.GetUtcNow());

    /// <summary>The client that services use, as this registered client.</summary>
    public TokenClient TokenClientOf(string client)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Keys[client].ExportPrivate(), out _);
        return new(IssuerDocument.CreateHttpClient(), Issuer, client, new SigningKey(key), Clock);
    }

    /// <summary>As a service sees it: keys by discovery over HTTP, the platform's one verifier.</summary>
    public async Task<TokenVerification> VerifyAsync(string token, string audience)
    {
        var keys = new IssuerKeys(_discovery, Issuer, Clock, NullLogger<IssuerKeys>.Instance);
        return await new TokenVerifier(keys.FindAsync, new(Issuer, audience), Clock).VerifyAsync(token, Ct);
    }

    public async Task<IReadOnlyList<string>> AuditAsync(string subject)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        return (await connection.QueryAsync<string>(
            "SELECT actor || ' ' || action FROM audit_event WHERE subject = @subject ORDER BY audit_event_id", new { subject })).AsList();
    }

    private object Client(string id, string[] roles, string[] audiences, string[] grants, string[]? permissions = null, bool asPem = false)
    {
        if (!Keys.TryGetValue(id, out var key))
        {
            Keys[id] = key = SigningKey.Create();
        }

        var publicKey = asPem ? Pem(key) : (object)JsonSerializer.SerializeToElement(key.Public, JsonSerializerOptions.Web);
        return new { id, publicKey, roles, audiences, grants, permissions = permissions ?? [] };
    }

    /// <summary>A client that people sign in to.</summary>
    private object App(string id, string[] scopes, string[] grants, bool isPublic = false, bool requiresPushed = false, string? backChannel = null)
    {
        if (!isPublic && !Keys.ContainsKey(id))
        {
            Keys[id] = SigningKey.Create();
        }

        return new
        {
            id,
            name = $"The {id}",
            publicKey = isPublic ? null : (object)JsonSerializer.SerializeToElement(Keys[id].Public, JsonSerializerOptions.Web),
            scopes,
            grants,
            redirectUris = grants.Contains("authorization_code") ? [TestBrowser.Callback(id)] : Array.Empty<string>(),
            postLogoutRedirectUris = new[] { $"https://{id}.example/bye" },
            backChannelLogoutUri = backChannel,
            requiresPushed,
        };
    }

    private static string Pem(SigningKey key)
    {
        using var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(key.ExportPrivate(), out _);
        return ec.ExportSubjectPublicKeyInfoPem();
    }

    // The issuer's address is part of its configuration, so it must be known before the start.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
