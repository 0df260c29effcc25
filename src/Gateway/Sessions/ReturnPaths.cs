namespace Kakehashi.Gateway.Sessions;

/// <summary>Where a person goes on after signing in: a page of this platform, never another site. Pure.</summary>
public static class ReturnPaths
{
    private const int Longest = 1024;

    /// <summary>
    /// A path from the root, written as a URL has it: printable ASCII without backslashes, which browsers read as slashes. What
    /// begins with two slashes names a host. Back to signing in would be a circle.
    /// </summary>
    public static bool IsOwn(string path) =>
        path is ['/', ..] and not ['/', '/', ..]
        && path.Length <= Longest
        && !path.Contains('\\', StringComparison.Ordinal)
        && !path.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !new PathString(path.Split('?', '#')[0]).StartsWithSegments("/session");

    /// <summary>Never relative: a browser cannot take an absolute address for another host's.</summary>
    public static string AddressOf(string origin, string path) => origin + path;
}
