using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Kakehashi.Adapters;
using Kakehashi.Catalog.Refreshes;
using Kakehashi.Contracts;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Loading;

namespace Kakehashi.AppHost.Platform;

/// <summary>
/// The whole platform in one process on this machine: a private PostgreSQL, every service, and a node for each biobank.
/// The services are the real ones, each with its own configuration, database and key, talking over loopback as they would
/// over a network.
/// </summary>
public sealed class LocalPlatform : IAsyncDisposable
{
    private readonly PlatformFolder _folder;
    private readonly Ports _ports;

    private LocalPlatform(PlatformFolder folder, Ports ports, PostgresCluster postgres) =>
        (_folder, _ports, Postgres, Hosts) = (folder, ports, postgres, new(folder));

    public Uri Front => _ports.Front;

    public Uri Back => _ports.Back;

    public PostgresCluster Postgres { get; }

    /// <summary>What runs: idbroker, gateway, metering, catalog, consent, and node-SLUG for each biobank.</summary>
    public LocalHosts Hosts { get; }

    /// <summary>From the first node's start until all had their index.</summary>
    public TimeSpan LoadTime { get; private set; }

    /// <summary>Settings for benchmarks: one caller may ask as fast as it can.</summary>
    public static IReadOnlyList<string> Unlimited { get; } =
    [
        "--Gateway:CallerBurst=1000000", "--Gateway:CallerPerSecond=1000000",
        "--Gateway:TokenBurst=1000000", "--Gateway:TokenPerSecond=1000000",
    ];

    public IReadOnlyList<LocalNode> Nodes { get; private set; } = [];

    /// <param name="biobankFiles">One biobank.yaml for each node.</param>
    /// <param name="gatewaySettings">Settings of the Gateway beside the usual ones.</param>
    public static async Task<LocalPlatform> StartAsync(
        PlatformFolder folder, PostgresCluster postgres, Ports ports, IReadOnlyList<string> biobankFiles, Steps steps, CancellationToken ct,
        IReadOnlyList<string>? gatewaySettings = null)
    {
        var platform = new LocalPlatform(folder, ports, postgres);
        try
        {
            var biobanks = biobankFiles.Select(file => (File: file, Biobank: BiobankFile.Load(file))).ToList();
            if (biobanks.Select(b => b.Biobank.Id).Distinct().Count() < biobanks.Count)
            {
                throw new PlatformException("Two biobanks have the same id: " + string.Join(", ", biobanks.Select(b => b.Biobank.Id).Order()));
            }

            await steps.RunAsync("Services: IdBroker, Gateway, Metering, Catalog, Consent", _ => platform.StartServicesAsync(biobanks.ConvertAll(b => b.Biobank.Id), gatewaySettings ?? [], ct));
            await steps.RunAsync($"Nodes: {string.Join(", ", biobanks.Select(b => b.Biobank.Id))}", at => platform.StartNodesAsync(biobanks, at, ct));
            folder.WriteRunning(new(platform.Front, Environment.ProcessId));
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops what was started, last first; the database goes last of all.</summary>
    public async ValueTask DisposeAsync()
    {
        _folder.ClearRunning();
        await Hosts.DisposeAsync();
    }

    /// <summary>Until every node has word from Consent and the Catalog has read every node's variables.</summary>
    public async Task UntilNodesAnswerAsync(CancellationToken ct)
    {
        var patience = Stopwatch.StartNew();
        while (Nodes.Any(node => !node.Services.GetRequiredService<ConsentReplica>().IsFresh(TimeSpan.FromSeconds(5)))
            || Hosts.ServicesOf("catalog").GetRequiredService<Catalogue>().Known.ById.Values.Any(biobank => !biobank.IsCatalogued))
        {
            if (patience.Elapsed > TimeSpan.FromMinutes(2))
            {
                throw new PlatformException($"A node has not joined within two minutes: see {_folder.Root}/logs.");
            }

            await Task.Delay(20, ct);
        }
    }

    /// <summary>Until every node has written its snapshot.</summary>
    public async Task UntilSnapshotsAsync(CancellationToken ct)
    {
        while (Nodes.Any(node => !File.Exists(Path.Combine(_folder.Private("nodes", node.Id), "index.snapshot"))))
        {
            await Task.Delay(50, ct);
        }
    }

    private async Task StartServicesAsync(IReadOnlyList<string> biobanks, IReadOnlyList<string> gatewaySettings, CancellationToken ct)
    {
        var registry = Registry.Write(_folder, _ports, biobanks);
        await StartAsync("idbroker", IdBroker.Program.BuildAsync, _ports.IdBroker, [
            .. Database(await DatabaseAsync("idbroker", ct), "idbroker"),
            $"--IdBroker:Issuer={_ports.Issuer}", $"--IdBroker:ClientsFile={registry.ClientsFile}",
            $"--IdBroker:AccountsFile={registry.AccountsFile}", $"--IdBroker:KeyEncryptionKeyFile={_folder.KeyFile("idbroker-kek")}",
            $"--IdBroker:ConsentUrl={_ports.Consent}", $"--IdBroker:MeteringUrl={_ports.Metering}"]);
        await StartAsync("gateway", Gateway.Program.BuildAsync, null, [
            .. Database(await DatabaseAsync("gateway", ct), "gateway"), .. AsClient("gateway"),
            $"--Gateway:FrontUrl={_ports.Front}", $"--Gateway:BackUrl={_ports.Back}",
            $"--Gateway:Services:IdBroker={_ports.IdBroker}", $"--Gateway:Services:Catalog={_ports.Catalog}",
            $"--Gateway:Services:Consent={_ports.Consent}", $"--Gateway:Services:Metering={_ports.Metering}",
            .. biobanks.Select((slug, i) => $"--Gateway:ExpectedNodes:{i}={slug}"),
            .. gatewaySettings]);
        await StartAsync("metering", Metering.Program.BuildAsync, _ports.Metering, Database(await DatabaseAsync("metering", ct), "metering"));
        await StartAsync("catalog", Catalog.Program.BuildAsync, _ports.Catalog, [
            .. Database(await DatabaseAsync("catalog", ct), "catalog"), .. AsClient("catalog"), .. Section("Catalog")]);
        await StartAsync("consent", Consent.Program.BuildAsync, _ports.Consent, [
            .. Database(await DatabaseAsync("consent", ct), "consent"), .. AsClient("consent"), .. Section("Consent")]);

        IEnumerable<string> Section(string name) =>
            biobanks.Select((slug, i) => $"Biobanks:{i}={slug}").Prepend($"NodesUrl={_ports.Back}nodes/").Select(setting => $"--{name}:{setting}");
    }

    private async Task StartNodesAsync(IReadOnlyList<(string File, Biobank Biobank)> biobanks, Action<string> at, CancellationToken ct)
    {
        var nodes = new List<LocalNode>();
        var started = Stopwatch.GetTimestamp();
        foreach (var (file, biobank) in biobanks)
        {
            await StartAsync($"node-{biobank.Id}", Node.Program.BuildAsync, null, [
                .. AsClient(Audiences.Node(biobank.Id), audience: Audiences.Node(biobank.Id)),
                $"--Node:Biobank={Path.GetFullPath(file)}", $"--Node:DataDirectory={_folder.Private("nodes", biobank.Id)}",
                $"--Ledger:MeteringUrl={_ports.Front}api/metering/", $"--Tunnel:GatewayUrl={_ports.Front}"]);
            nodes.Add(new(biobank.Id, Hosts));
        }

        Nodes = nodes;
        while (nodes.Find(node => node.Load.Current.Index is null) is { } loading)
        {
            if (loading.Load.Current is { Code: not (null or "node.loading") } failed)
            {
                throw new PlatformException($"{loading.Id}: {failed.Text} ({failed.Code})");
            }

            at($"{nodes.Count(node => node.Load.Current.Index is not null)} of {nodes.Count} biobanks read");
            await Task.Delay(20, ct);
        }

        LoadTime = Stopwatch.GetElapsedTime(started);
    }

    private async Task<string> DatabaseAsync(string name, CancellationToken ct) =>
        await Postgres.DatabaseAsync(name, _folder.Secret($"postgres-{name}"), ct);

    private Task StartAsync(string name, LocalHosts.Build build, Uri? url, IEnumerable<string> settings)
    {
        string[] urls = url is null ? [] : [$"--urls={url}"];
        return Hosts.StartAsync(name, build, [.. urls, $"--Tokens:Authority={_ports.Issuer}", .. DefaultAudience(settings), .. settings]);
    }

    private static IEnumerable<string> DefaultAudience(IEnumerable<string> settings) =>
        settings.Any(s => s.StartsWith("--Tokens:Audience=", StringComparison.Ordinal)) ? [] : [$"--Tokens:Audience={Audiences.Platform}"];

    private static string[] Database(string connectionString, string name) => [$"--ConnectionStrings:{name}={connectionString}"];

    private IEnumerable<string> AsClient(string client, string? audience = null)
    {
        yield return $"--Tokens:ClientId={client}";
        yield return $"--Tokens:ClientKeyFile={_folder.ClientKey(client).PrivateFile}";
        if (audience is not null)
        {
            yield return $"--Tokens:Audience={audience}";
        }
    }
}

/// <summary>A node that runs in this process.</summary>
public sealed record LocalNode(string Id, LocalHosts Hosts)
{
    public IServiceProvider Services => Hosts.ServicesOf($"node-{Id}");

    public LoadState Load => Services.GetRequiredService<LoadState>();
}

/// <summary>Loopback ports of a local platform, counted from one base port.</summary>
public sealed record Ports(int Base)
{
    /// <summary>By name: browsers keep passkeys for names, not for addresses.</summary>
    public Uri Front => new($"http://localhost:{Base}/");

    public Uri Back => Url(1);

    public Uri IdBroker => Url(2);

    public Uri Catalog => Url(3);

    public Uri Consent => Url(4);

    public Uri Metering => Url(5);

    public int Postgres => Base + 9;

    /// <summary>The issuer identifier: a string compared exactly, without a slash at its end.</summary>
    public string Issuer => $"{Front}id";

    /// <summary>Throws when somebody else listens on one of the ports.</summary>
    public void RequireFree()
    {
        var addresses = Socket.OSSupportsIPv6 ? new[] { IPAddress.Loopback, IPAddress.IPv6Loopback } : [IPAddress.Loopback];
        foreach (var port in Enumerable.Range(Base, 6).Append(Postgres))
        {
            if (addresses.Any(address => IsTaken(address, port)))
            {
                throw new PlatformException($"Port {port} is in use. Choose other ports with --port, e.g. --port {Base + 100}.");
            }
        }
    }

    private static bool IsTaken(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return false;
        }
        catch (SocketException fault)
        {
            return fault.SocketErrorCode is not SocketError.AddressNotAvailable; // a machine without IPv6
        }
    }

    private Uri Url(int offset) => new($"http://127.0.0.1:{Base + offset}/");
}
