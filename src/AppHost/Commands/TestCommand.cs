using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Kakehashi.AppHost.Platform;

namespace Kakehashi.AppHost.Commands;

/// <summary>Runs every test against a private PostgreSQL of its own, and checks the formatting.</summary>
internal static partial class TestCommand
{
    public static Command Create()
    {
        var filter = new Argument<string[]>("arguments") { Description = "Passed on to 'dotnet test'", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("test", "Run all tests") { filter };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(filter) ?? [], ct));
        return command;
    }

    private static async Task<int> RunAsync(string[] arguments, CancellationToken ct)
    {
        var folder = new PlatformFolder(Directory.CreateTempSubdirectory("kakehashi-test-").FullName);
        try
        {
            await using var postgres = await PostgresCluster.StartAsync(folder, FreePort(), fast: true, ct);
            var (exitCode, output) = await DotnetAsync(
                ["test", "--solution", "Kakehashi.slnx", "-c", "Release", "--no-build", "--no-restore", "--max-parallel-test-modules", "2", .. arguments],
                new() { ["TEST_POSTGRES"] = postgres.ConnectionString },
                ct);
            var (formatted, _) = await DotnetAsync(["format", "Kakehashi.slnx", "--verify-no-changes", "--no-restore"], [], ct);

            // The formatting is one more check; a run that printed no summary has failed whatever its exit code.
            var (passed, failed, skipped) = Sum(output);
            var unfinished = exitCode != 0 && failed == 0 ? 1 : 0;
            passed += formatted == 0 ? 1 : 0;
            failed += (formatted == 0 ? 0 : 1) + unfinished;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed{(skipped > 0 ? $", {skipped} skipped" : "")}"));
            return failed == 0 ? 0 : 1;
        }
        finally
        {
            await PostgresCluster.RemoveAsync(folder, CancellationToken.None); // its files may lie outside the folder
            Directory.Delete(folder.Root, recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> DotnetAsync(
        string[] arguments, Dictionary<string, string> environment, CancellationToken ct)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = CommonOptions.Home, RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = new System.Text.StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            Console.WriteLine(line);
            output.AppendLine(line);
        }

        await process.WaitForExitAsync(ct);
        return (process.ExitCode, output.ToString());
    }

    private static (int Passed, int Failed, int Skipped) Sum(string output)
    {
        var last = output.LastIndexOf("Test run summary", StringComparison.Ordinal);
        var summary = last < 0 ? "" : output[last..];
        return (Number("succeeded"), Number("failed"), Number("skipped"));

        int Number(string name) => Figure().Matches(summary).Where(m => m.Groups[1].Value == name)
            .Select(m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture)).FirstOrDefault();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"^\s*(succeeded|failed|skipped): (\d+)", RegexOptions.Multiline)]
    private static partial Regex Figure();
}
