namespace Kakehashi.Ledger.Tests;

/// <summary>A new folder for one test, removed at its end.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("kakehashi-ledger-").FullName;

    public string Ledger => System.IO.Path.Combine(Path, "ledger");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
