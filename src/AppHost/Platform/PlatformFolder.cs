using System.Security.Cryptography;
using System.Text.Json;

namespace Kakehashi.AppHost.Platform;

/// <summary>
/// Where a local platform keeps everything: <c>.data</c> or the folder given. Secrets are files only their owner can read;
/// the folder itself can be entered, because PostgreSQL runs in it as another user when the platform runs as root.
/// </summary>
public sealed class PlatformFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    public PlatformFolder(string path)
    {
        Root = Path.GetFullPath(path);
        Directory.CreateDirectory(Root, OwnerFolder | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public string Root { get; }

    public string Postgres => Path.Combine(Root, "postgres");

    /// <summary>A private folder, made when absent.</summary>
    public string Private(params string[] names) =>
        Directory.CreateDirectory(Path.Combine([Root, .. names]), OwnerFolder).FullName;

    public string FileIn(string folder, string name) => Path.Combine(Private(folder), name);

    /// <summary>A random secret that stays the same from start to start.</summary>
    public string Secret(string name) => Kept("secrets", name, () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));

    /// <summary>A private text that is made once.</summary>
    public string Kept(string folder, string name, Func<string> make)
    {
        var path = FileIn(folder, name);
        if (!File.Exists(path))
        {
            WritePrivate(path, make());
        }

        return File.ReadAllText(path);
    }

    /// <summary>Path of a file of 32 random bytes.</summary>
    public string KeyFile(string name)
    {
        var path = FileIn("secrets", name);
        if (!File.Exists(path))
        {
            WritePrivate(path, RandomNumberGenerator.GetBytes(32));
        }

        return path;
    }

    /// <summary>An EC P-256 key of a client: path of its private PEM, and its public PEM.</summary>
    public (string PrivateFile, string PublicPem) ClientKey(string client)
    {
        var path = FileIn("keys", $"{client.Replace(':', '-')}.pem");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path))
        {
            key.ImportFromPem(File.ReadAllText(path));
        }
        else
        {
            WritePrivate(path, key.ExportPkcs8PrivateKeyPem());
        }

        return (path, key.ExportSubjectPublicKeyInfoPem());
    }

    public static void WritePrivate(string path, string text) => WritePrivate(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Where the running platform is; the other commands read it.</summary>
    public void WriteRunning(RunningPlatform running) =>
        WritePrivate(Path.Combine(Root, "running.json"), JsonSerializer.Serialize(running));

    public RunningPlatform? ReadRunning()
    {
        var path = Path.Combine(Root, "running.json");
        return File.Exists(path) ? JsonSerializer.Deserialize<RunningPlatform>(File.ReadAllText(path)) : null;
    }

    public void ClearRunning() => File.Delete(Path.Combine(Root, "running.json"));

    /// <summary>Held while a platform runs on this folder; null when another one does.</summary>
    public FileStream? TryLock()
    {
        try
        {
            return new(Path.Combine(Root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void WritePrivate(string path, byte[] bytes)
    {
        var partial = path + ".partial";
        using (var file = new FileStream(partial, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            file.Write(bytes);
        }

        File.Move(partial, path, overwrite: true);
    }
}

/// <summary>A platform that runs on this machine.</summary>
public sealed record RunningPlatform(Uri Front, int ProcessId);
