using System.CommandLine;
using Kakehashi.AppHost.Platform;

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

    public static PlatformFolder FolderOf(ParseResult parsed, Option<string> data) => new(parsed.GetRequiredValue(data));

    /// <summary>The platform that runs on this folder.</summary>
    public static RunningPlatform RunningOn(PlatformFolder folder) =>
        folder.ReadRunning() ?? throw new PlatformException($"No platform runs on {folder.Root}. Start one with: ./kakehashi up");
}
