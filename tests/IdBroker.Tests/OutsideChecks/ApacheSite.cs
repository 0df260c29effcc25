using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Kakehashi.IdBroker.Tests.OutsideChecks;

/// <summary>
/// Debian's Apache with mod_auth_openidc as a client of the broker, in a folder and on a port of its own (tests/Outside/apache.conf).
/// </summary>
internal sealed class ApacheSite : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("apache-site-");
    private Process? _process;

    private ApacheSite(int port) => Address = new($"http://localhost:{port}");

    public Uri Address { get; }

    public static async Task<ApacheSite> StartAsync(TestBroker broker, CancellationToken ct)
    {
        Assert.SkipUnless(
            File.Exists("/usr/sbin/apache2") && File.Exists("/usr/lib/apache2/modules/mod_auth_openidc.so"),
            "Apache and libapache2-mod-auth-openidc are not installed: ./kakehashi test installs them where it may.");
        var site = new ApacheSite(FreePort());
        try
        {
            await site.WriteAsync(ct);
            await site.RegisterAsync(broker, ct);
            await site.RunAsync(broker.Issuer, ct);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async Task<string> ErrorsAsync(CancellationToken ct) => await File.ReadAllTextAsync(PathOf("error.log"), ct);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private async Task WriteAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(PathOf("site/people"));
        await File.WriteAllTextAsync(PathOf("site/index.shtml"), "Nobody in particular", ct);
        const string Page = """<p><!--#echo encoding="none" var="REMOTE_USER" -->, <!--#echo encoding="none" var="OIDC_CLAIM_name" --></p>""";
        await File.WriteAllTextAsync(PathOf("site/people/index.shtml"), Page, ct);
        await File.WriteAllTextAsync(PathOf("passphrase"), Convert.ToHexString(RandomNumberGenerator.GetBytes(32)), ct);

        // Apache started by root serves as another user, who keeps sessions here.
        var all = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_folder.FullName, all);
        Directory.CreateDirectory(PathOf("cache"), all | UnixFileMode.OtherWrite);
        File.SetUnixFileMode(PathOf("cache"), all | UnixFileMode.OtherWrite); // whatever the umask
    }

    /// <summary>As an operator would: one more client in the file, with an RSA key because the module knows no other.</summary>
    private async Task RegisterAsync(TestBroker broker, CancellationToken ct)
    {
        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync(PathOf("client.key"), key.ExportPkcs8PrivateKeyPem(), ct);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=apache", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(now, now.AddDays(1));
        await File.WriteAllTextAsync(PathOf("client.crt"), certificate.ExportCertificatePem(), ct);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        broker.WriteClients();
        var file = JsonNode.Parse(await File.ReadAllTextAsync(broker.ClientsFile, ct))!;
        file["clients"]!.AsArray().Add(new JsonObject
        {
            ["id"] = "apache",
            ["name"] = "A web site",
            ["publicKey"] = new JsonObject
            {
                ["kty"] = "RSA",
                ["kid"] = "apache",
                ["n"] = StrictBase64Url.Encode(parameters.Modulus!),
                ["e"] = StrictBase64Url.Encode(parameters.Exponent!),
            },
            ["assertionAudience"] = "token-endpoint",
            ["scopes"] = new JsonArray("openid", "profile"),
            ["grants"] = new JsonArray("authorization_code"),
            ["redirectUris"] = new JsonArray($"{Address}people/back"),
            ["postLogoutRedirectUris"] = new JsonArray($"{Address}"),
            ["backChannelLogoutUri"] = $"{Address}people/back?logout=backchannel",
        });
        await File.WriteAllTextAsync(broker.ClientsFile, file.ToJsonString(), ct);
        await broker.Services.GetRequiredService<Registrations>().ApplyAsync(ct);
        await broker.Services.GetRequiredService<ClientRegistry>().RefreshAsync(ct);
    }

    private async Task RunAsync(string issuer, CancellationToken ct)
    {
        string[] definitions = [$"Define FOLDER {_folder.FullName}", $"Define PORT {Address.Port}", $"Define ISSUER {issuer}"];
        var before = definitions.SelectMany(definition => new[] { "-C", definition });
        _process = Process.Start("/usr/sbin/apache2", ["-DFOREGROUND", .. before, "-f", Path.Combine(NodeScript.Folder, "apache.conf")]);
        using var http = new HttpClient();
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                Assert.Equal("Nobody in particular", await http.GetStringAsync(Address, ct));
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited && TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(100, ct);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
