using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.OutsideChecks;

/// <summary>The bridge of deploy/saml-bridge, running as its README says, and in front of it a federation of one institution.</summary>
public sealed class SamlBridge : IAsyncLifetime
{
    public const string ClientId = "kakehashi";
    public const string ClientSecret = "a-secret-shared-with-the-bridge-only";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private Process? _process;
    private NodeScript? _institution;

    /// <summary>Of the one OpenID client; set before the start.</summary>
    public string RedirectUri { get; set; } = "http://localhost:9/back";

    /// <summary>What configure made, and the metadata and certificate of the federation.</summary>
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("saml-bridge-");

    public string Issuer { get; } = $"http://localhost:{FreePort()}";

    /// <summary>Of the institution.</summary>
    public string EntityId { get; private set; } = "";

    private static bool IsInstalled =>
        File.Exists("/usr/bin/starman") && File.Exists("/usr/bin/xmlsec1") && Directory.Exists("/usr/share/lemonldap-ng/portal");

    private static string Programs => Path.Combine(Shared.RepositoryRoot(), "deploy", "saml-bridge");

    /// <summary>Where Debian's packages for it could not be installed there is no bridge, and the test is skipped.</summary>
    public static void Require() =>
        Assert.SkipUnless(IsInstalled, "The packages of the SAML bridge are not installed: ./kakehashi test installs them where it may.");

    public async ValueTask InitializeAsync()
    {
        if (!IsInstalled)
        {
            return;
        }

        var ct = TestContext.Current.CancellationToken;
        var settings = new { folder = Folder.FullName, bridge = Issuer, people = SamlPerson.Everybody };
        _institution = NodeScript.Start("saml-institution.mjs", JsonSerializer.Serialize(settings, JsonSerializerOptions.Web));
        EntityId = (await _institution.NextAsync(ct)).GetProperty("entityId").GetString()!;
        await WriteSettingsAsync(Folder.FullName, EntityId, ct);
        Assert.Equal((0, ""), await ConfigureAsync(Folder.FullName, ct));

        string[] arguments =
        [
            "--listen", new Uri(Issuer).Authority, "--workers", "2", "--disable-keepalive", "--error-log", PathOf("bridge.log"),
            Path.Combine(Programs, "bridge.psgi"),
        ];
        var start = new ProcessStartInfo("starman", arguments);
        start.Environment["LLNG_DEFAULTCONFFILE"] = PathOf("lemonldap-ng.ini");
        _process = Process.Start(start)!;
        await AnswersAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        if (_institution is not null)
        {
            await _institution.DisposeAsync();
        }

        Folder.Delete(recursive: true);
    }

    public Task MisbehaveAsync(string how, CancellationToken ct) => _institution!.AskAsync(new { @do = "misbehave", how }, ct);

    /// <summary>What the institution was last asked for: <c>forced</c>, <c>contexts</c>.</summary>
    public Task<JsonElement> AskedAsync(CancellationToken ct) => _institution!.AskAsync(new { @do = "asked" }, ct);

    public async Task WriteSettingsAsync(string folder, string institutions, CancellationToken ct)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "client-secret"), ClientSecret, ct);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "bridge.ini"),
            $"""
             [bridge]
             url = {Issuer}
             organization = Kakehashi
             [client]
             id = {ClientId}
             secret-file = {folder}/client-secret
             redirect-uri = {RedirectUri}
             [federation test]
             metadata = {folder}/metadata.xml
             certificate = {folder}/signer.pem
             institutions = {institutions}

             """,
            ct);
    }

    /// <summary>Runs deploy/saml-bridge/configure on a folder.</summary>
    public static async Task<(int ExitCode, string Errors)> ConfigureAsync(string folder, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Path.Combine(Programs, "configure"), [folder])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var run = Process.Start(start)!;
        var output = run.StandardOutput.ReadToEndAsync(ct);
        var errors = await run.StandardError.ReadToEndAsync(ct);
        await output;
        await run.WaitForExitAsync(ct);
        return (run.ExitCode, errors);
    }

    private string PathOf(string file) => Path.Combine(Folder.FullName, file);

    private async Task AnswersAsync(CancellationToken ct)
    {
        using var http = new HttpClient();
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                using var answer = await http.GetAsync($"{Issuer}/.well-known/openid-configuration", ct);
                Assert.True(answer.IsSuccessStatusCode, await File.ReadAllTextAsync(PathOf("bridge.log"), ct));
                return;
            }
            catch (HttpRequestException) when (!_process!.HasExited && TimeProvider.System.GetElapsedTime(started) < Patience)
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
