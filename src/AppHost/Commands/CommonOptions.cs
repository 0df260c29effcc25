using System.CommandLine;
using Kakehashi.AppHost.Platform;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.AppHost.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>The repository, or where the program was unpacked.</summary>
    public static string Home { get; } = Environment.GetEnvironmentVariable("KAKEHASHI_HOME") ?? Directory.GetCurrentDirectory();

    public static Option<string> Data() => new("--data")
    {
        Description = "Folder of the local platform",
        DefaultValueFactory = _ => Path.Combine(Home, ".data"),
        HelpName = "DIR",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON for scripts" };

    public static Option<string?> Url() => new("--url")
    {
        Description = "Another platform's address; the one on this machine when left out",
        HelpName = "URL",
    };

    /// <summary>The address of the platform that a command is for.</summary>
    public static Uri FrontOf(ParseResult parsed, Option<string?> url, Option<string> data) => parsed.GetValue(url) switch
    {
        null => RunningOn(FolderOf(parsed, data)).Front,
        var text when IssuerDocument.IsSafe(text, out var front) => new(front.AbsoluteUri.TrimEnd('/') + "/"),
        var other => throw new PlatformException($"{other} is not an https address (http only on this machine)."),
    };

    public static PlatformFolder FolderOf(ParseResult parsed, Option<string> data) => new(parsed.GetRequiredValue(data));

    /// <summary>The platform that runs on this folder.</summary>
    public static RunningPlatform RunningOn(PlatformFolder folder) =>
        folder.ReadRunning() ?? throw new PlatformException($"No platform runs on {folder.Root}. Start one with: ./kakehashi up");
}
