using System.Text.Json;
using Kakehashi.AppHost.Platform;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.AppHost.SignIn;

/// <summary>A person signed in on this machine: at which platform, with what to go on.</summary>
/// <param name="Front">The platform's address.</param>
/// <param name="ProofKey">PEM of the private key that the tokens are bound to.</param>
/// <param name="AccessToken">The last one, used until shortly before <paramref name="UseUntil"/>.</param>
internal sealed record SignedIn(Uri Front, string RefreshToken, string ProofKey, string AccessToken, DateTimeOffset UseUntil);

/// <summary>
/// The one sign-in of this user on this machine, in a file that only its owner can read. Each refresh token counts once, so commands that
/// run at once take turns.
/// </summary>
internal sealed class SignInFile : IDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _path;
    private readonly FileStream _turn;

    private SignInFile(string path, FileStream turn) => (_path, _turn) = (path, turn);

    private static string Folder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"),
        "kakehashi");

    private static string FilePath => Path.Combine(Folder, "sign-in.json");

    /// <summary>Whether anybody may be signed in; who never signs in gets no folder.</summary>
    public static bool Exists => File.Exists(FilePath);

    /// <summary>Waits until no other command of this user has it open.</summary>
    public static async Task<SignInFile> OpenAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = FilePath;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            try
            {
                return new(path, new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(BetweenTries, ct); // another command is at it
            }
        }
    }

    public SignedIn? Read()
    {
        try
        {
            return File.Exists(_path) ? JsonSerializer.Deserialize<SignedIn>(File.ReadAllBytes(_path), ServiceDefaultsExtensions.Json) : null;
        }
        catch (JsonException broken)
        {
            throw new PlatformException($"{_path} cannot be read. Delete it and sign in again: ./kakehashi sign-in", broken);
        }
    }

    public void Write(SignedIn signedIn) => PlatformFolder.WritePrivate(_path, JsonSerializer.Serialize(signedIn, ServiceDefaultsExtensions.Json));

    public void Delete() => File.Delete(_path);

    public void Dispose() => _turn.Dispose();
}
