using Kakehashi.AppHost.Platform;
using Kakehashi.Contracts;

namespace Kakehashi.Platform.Tests.Processes;

/// <summary>Every service and one node as processes of their own, each with its own settings, database, key and data.</summary>
internal sealed class SeparateProcesses : IDisposable
{
    private static int _instances;

    private readonly Dictionary<string, ChildProcess> _running = [];
    private readonly Dictionary<string, (string Program, string[] Settings)> _commands = [];

    private SeparateProcesses(PlatformFolder folder, Ports ports) => (Folder, Ports) = (folder, ports);

    public PlatformFolder Folder { get; }

    public Ports Ports { get; }

    /// <param name="biobankFile">The node's biobank; its id is that of the demo biobank it was written for.</param>
    public static async Task<SeparateProcesses> StartAsync(PostgresCluster postgres, string biobank, string biobankFile, CancellationToken ct)
    {
        var folder = new PlatformFolder(Path.Combine(Path.GetTempPath(), $"kakehashi-processes-{Guid.CreateVersion7():N}"));
        var (platform, databases) = (new SeparateProcesses(folder, TestPlatform.FreePorts()), $"alone{Interlocked.Increment(ref _instances)}");
        var (ports, registry) = (platform.Ports, Registry.Write(folder, platform.Ports, [biobank]));
        platform.Start("idbroker", "IdBroker", [
            $"--urls={ports.IdBroker}", await DatabaseAsync("idbroker"), $"--IdBroker:Issuer={ports.Issuer}",
            $"--IdBroker:ClientsFile={registry.ClientsFile}", $"--IdBroker:AccountsFile={registry.AccountsFile}",
            $"--IdBroker:KeyEncryptionKeyFile={folder.KeyFile("idbroker-kek")}", $"--IdBroker:MeteringUrl={ports.Metering}"]);
        platform.Start("gateway", "Gateway", [
            $"--Gateway:FrontUrl={ports.Front}", $"--Gateway:BackUrl={ports.Back}", $"--Gateway:ExpectedNodes:0={biobank}",
            $"--Gateway:Services:IdBroker={ports.IdBroker}", $"--Gateway:Services:Catalog={ports.Catalog}",
            $"--Gateway:Services:Consent={ports.Consent}", $"--Gateway:Services:Metering={ports.Metering}",
            await DatabaseAsync("gateway"), .. Tokens("gateway")]);
        platform.Start("metering", "Metering", [$"--urls={ports.Metering}", await DatabaseAsync("metering"), .. Tokens()]);
        platform.Start("catalog", "Catalog", [
            $"--urls={ports.Catalog}", await DatabaseAsync("catalog"), $"--Catalog:NodesUrl={ports.Back}nodes/",
            $"--Catalog:Biobanks:0={biobank}", .. Tokens("catalog")]);
        platform.Start("consent", "Consent", [
            $"--urls={ports.Consent}", await DatabaseAsync("consent"), $"--Consent:NodesUrl={ports.Back}nodes/",
            $"--Consent:Biobanks:0={biobank}", .. Tokens("consent")]);
        platform.Start("node", "Node", [
            $"--Node:Biobank={biobankFile}", $"--Node:DataDirectory={folder.Private("nodes", biobank)}",
            $"--Ledger:MeteringUrl={ports.Front}api/metering/", $"--Tunnel:GatewayUrl={ports.Front}",
            .. Tokens(Audiences.Node(biobank), Audiences.Node(biobank))]);
        return platform;

        async Task<string> DatabaseAsync(string service) =>
            $"--ConnectionStrings:{service}={await postgres.DatabaseAsync($"{databases}_{service}", folder.Secret($"postgres-{service}"), ct)}";

        string[] Tokens(string? client = null, string audience = Audiences.Platform) =>
        [
            $"--Tokens:Authority={ports.Issuer}", $"--Tokens:Audience={audience}",
            .. client is null ? [] : new[] { $"--Tokens:ClientId={client}", $"--Tokens:ClientKeyFile={folder.ClientKey(client).PrivateFile}" },
        ];
    }

    public Task KillAsync(string name, CancellationToken ct) => _running[name].KillAsync(ct);

    public Task<int> TerminateAsync(string name, CancellationToken ct) => _running[name].StopAsync("TERM", ct);

    /// <summary>Starts one again with the same settings.</summary>
    public void StartAgain(string name)
    {
        _running[name].Dispose();
        _running[name] = ChildProcess.Start(_commands[name].Program, _commands[name].Settings);
    }

    /// <summary>Those that ended by themselves, with what they said; empty while all run.</summary>
    public string Ended() => string.Join('\n', _running.Where(p => p.Value.HasExited).Select(p => $"{p.Key}: {p.Value.Errors}"));

    public void Dispose()
    {
        foreach (var process in _running.Values)
        {
            process.Dispose();
        }

        Directory.Delete(Folder.Root, recursive: true);
    }

    private void Start(string name, string program, string[] settings)
    {
        _commands[name] = (program, settings);
        _running[name] = ChildProcess.Start(program, settings);
    }
}
