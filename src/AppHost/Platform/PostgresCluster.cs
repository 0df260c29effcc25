using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Kakehashi.AppHost.Platform;

/// <summary>
/// A private PostgreSQL server: own folder, own port, loopback only. As root it runs as the system's <c>postgres</c> user,
/// because PostgreSQL refuses root. It never touches a server it did not start.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Superuser = "kakehashi";

    private readonly string _folder;
    private readonly string _programs;
    private readonly string _password;
    private readonly int _port;

    private PostgresCluster(string folder, string programs, string password, int port) =>
        (_folder, _programs, _password, _port) = (folder, programs, password, port);

    /// <summary>Superuser connection, for making databases and for benchmarks.</summary>
    public string ConnectionString => For("postgres", Superuser, _password);

    /// <summary>Starts the server in the platform's folder, making it first when it is not there.</summary>
    /// <param name="fast">For tests: no syncing to disk.</param>
    public static async Task<PostgresCluster> StartAsync(PlatformFolder data, int port, bool fast, CancellationToken ct)
    {
        var cluster = new PostgresCluster(FolderFor(data), FindPrograms(), data.Secret("postgres"), port);
        if (!File.Exists(Path.Combine(cluster._folder, "PG_VERSION")))
        {
            await cluster.InitialiseAsync(ct);
        }

        // Left over when an earlier run was killed: it is this folder's own server, on whatever port it then had.
        await cluster.RunAsync("pg_ctl", ["stop", "-D", cluster._folder, "-m", "fast", "-w"], mayFail: true, ct);
        var settings = string.Create(CultureInfo.InvariantCulture,
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c shared_buffers=256MB -c max_wal_size=1GB{(fast ? " -c fsync=off -c synchronous_commit=off -c full_page_writes=off" : "")}");
        await cluster.RunAsync(
            "pg_ctl", ["start", "-D", cluster._folder, "-w", "-t", "60", "-o", settings, "-l", Path.Combine(cluster._folder, "server.log")], mayFail: false, ct);
        return cluster;
    }

    /// <summary>A database with a login role of the same name that owns it; made when absent. Answers its connection string.</summary>
    public async Task<string> DatabaseAsync(string name, string password, CancellationToken ct)
    {
        await using var server = NpgsqlDataSource.Create(ConnectionString);
        if (!await ExistsAsync(server, name, ct))
        {
            await ExecuteAsync(server, $"CREATE ROLE {name} LOGIN PASSWORD '{password}'", ct);
            await ExecuteAsync(server, $"CREATE DATABASE {name} OWNER {name}", ct);
            await ExecuteAsync(server, $"REVOKE ALL ON DATABASE {name} FROM PUBLIC", ct);
        }

        return For(name, name, password);
    }

    /// <summary>A database that plays a biobank's own; as its administrator. Says whether it was made now, and so is empty.</summary>
    public async Task<(string ConnectionString, bool IsNew)> SourceAsync(string name, CancellationToken ct)
    {
        await using var server = NpgsqlDataSource.Create(ConnectionString);
        var isNew = !await ExistsAsync(server, name, ct);
        if (isNew)
        {
            await ExecuteAsync(server, $"CREATE DATABASE {name}", ct);
        }

        return (For(name, Superuser, _password), isNew);
    }

    /// <summary>Stops the folder's server if it runs, and deletes everything in the platform's folder.</summary>
    public static async Task RemoveAsync(PlatformFolder data, CancellationToken ct)
    {
        var folder = FolderFor(data);
        if (Directory.Exists(folder))
        {
            var cluster = new PostgresCluster(folder, FindPrograms(), "", 0);
            await cluster.RunAsync("pg_ctl", ["stop", "-D", folder, "-m", "immediate", "-w"], mayFail: true, ct);
            Directory.Delete(folder, recursive: true);
        }

        foreach (var entry in new DirectoryInfo(data.Root).EnumerateFileSystemInfos().Where(e => e.Name != "lock"))
        {
            if (entry is DirectoryInfo directory)
            {
                directory.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await RunAsync("pg_ctl", ["stop", "-D", _folder, "-m", "fast", "-w"], mayFail: true, CancellationToken.None);
    }

    private static async Task<bool> ExistsAsync(NpgsqlDataSource server, string database, CancellationToken ct)
    {
        await using var exists = server.CreateCommand("SELECT 1 FROM pg_database WHERE datname = $1");
        exists.Parameters.Add(new() { Value = database });
        return await exists.ExecuteScalarAsync(ct) is not null;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource server, string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // Names are our own, passwords are random hexadecimal.
        await using var command = server.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string FindPrograms()
    {
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            : [];
        return installed.Append("/usr/local/bin").Append("/usr/bin")
                .Where(folder => File.Exists(Path.Combine(folder, "pg_ctl")) && File.Exists(Path.Combine(folder, "initdb")))
                .OrderByDescending(folder => folder, StringComparer.Ordinal).FirstOrDefault()
            ?? throw new PlatformException("PostgreSQL's server is not installed. Install it with: apt-get install postgresql");
    }

    /// <summary>Under the platform's folder, or, where the server's user cannot get there, under /var/lib/kakehashi.</summary>
    private static string FolderFor(PlatformFolder data)
    {
        if (!Environment.IsPrivilegedProcess || CanEnter(data.Root))
        {
            return data.Postgres;
        }

        var name = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(data.Root)))[..12];
        return Path.Combine("/var/lib/kakehashi", name);
    }

    private static bool CanEnter(string folder)
    {
        using var process = Process.Start(new ProcessStartInfo("runuser", ["-u", "postgres", "--", "test", "-x", folder]))!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private string For(string database, string user, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port,
        Database = database,
        Username = user,
        Password = password,
        IncludeErrorDetail = false,
    }.ConnectionString;

    private async Task InitialiseAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(_folder);
        if (Environment.IsPrivilegedProcess)
        {
            await RunProcessAsync("chown", ["postgres", _folder], mayFail: false, ct);
        }

        // The password reaches initdb through a file in the new folder's parent, readable by the server's user alone.
        var passwordFile = _folder + ".password";
        PlatformFolder.WritePrivate(passwordFile, _password);
        if (Environment.IsPrivilegedProcess)
        {
            await RunProcessAsync("chown", ["postgres", passwordFile], mayFail: false, ct);
        }

        try
        {
            await RunAsync(
                "initdb",
                ["-D", _folder, "-U", Superuser, "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--no-locale"],
                mayFail: false,
                ct);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private Task RunAsync(string program, string[] arguments, bool mayFail, CancellationToken ct)
    {
        var path = Path.Combine(_programs, program);
        return Environment.IsPrivilegedProcess
            ? RunProcessAsync("runuser", ["-u", "postgres", "--", path, .. arguments], mayFail, ct)
            : RunProcessAsync(path, arguments, mayFail, ct);
    }

    private static async Task RunProcessAsync(string program, string[] arguments, bool mayFail, CancellationToken ct)
    {
        // Not redirected into pipes: the server started by pg_ctl would inherit them and keep them open.
        var output = Path.GetTempFileName();
        try
        {
            var shell = new ProcessStartInfo("/bin/sh", ["-c", "\"$@\" >\"$0\" 2>&1 </dev/null", output, program, .. arguments])
            {
                WorkingDirectory = "/",
            };
            using var process = Process.Start(shell)!;
            await process.WaitForExitAsync(ct);
            if (process.ExitCode != 0 && !mayFail)
            {
                throw new PlatformException($"{Path.GetFileName(program)} failed: {(await File.ReadAllTextAsync(output, ct)).Trim()}");
            }
        }
        finally
        {
            File.Delete(output);
        }
    }
}

/// <summary>The platform cannot be started, for a reason its operator can mend; the message says how.</summary>
public sealed class PlatformException : Exception
{
    public PlatformException()
    {
    }

    public PlatformException(string message)
        : base(message)
    {
    }

    public PlatformException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
