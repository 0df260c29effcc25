using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Kakehashi.Ledger.Tests;

/// <summary>The tests' executable; with "append" it is the process that the crash tests start and kill.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args) => args switch
    {
        ["append", var path, var run] => await Appender.RunAsync(path, run),
        _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
            await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => await ConsoleRunner.Run(args),
    };
}
