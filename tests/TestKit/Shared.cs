namespace Kakehashi.TestKit;

/// <summary>
/// Data and outside checks that live beside the repository. In a plain clone they are absent: tests that need them are
/// skipped with a message, all others still run.
/// </summary>
public static class Shared
{
    /// <summary>Full path of a file or folder under <c>../shared</c>; skips the running test where it is absent.</summary>
    public static string PathOf(string relative)
    {
        var path = Path.Combine(RepositoryRoot(), "..", "shared", relative);
        Assert.SkipUnless(Path.Exists(path), $"../shared/{relative} is not beside this clone.");
        return Path.GetFullPath(path);
    }

    /// <summary>The folder that holds Kakehashi.slnx.</summary>
    public static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kakehashi.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run the tests inside the repository.");
    }
}
