using System.Diagnostics;
using Kakehashi.AppHost.Commands;
using Kakehashi.AppHost.Platform;

namespace Kakehashi.AppHost.Bench;

/// <summary>From a clean clone to the first answer, as a newcomer has it: clone, <c>./kakehashi up</c>, wait.</summary>
internal static class SetupBench
{
    private const string AnswerMarks = " of 5 biobanks";

    public static async Task RunAsync(Ports ports, Figures figures, CancellationToken ct)
    {
        var clone = Path.Combine(Directory.CreateTempSubdirectory("kakehashi-setup-").FullName, "kakehashi");
        await RunAsync("git", ["clone", "-q", CommonOptions.Home, clone], ct);
        var started = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo(Path.Combine(clone, "kakehashi"), ["up", "--port", $"{ports.Base}"]) { RedirectStandardOutput = true };
        start.Environment.Remove("KAKEHASHI_HOME");
        using var up = Process.Start(start)!;
        try
        {
            while (await up.StandardOutput.ReadLineAsync(ct) is { } line)
            {
                if (line.Contains(AnswerMarks, StringComparison.Ordinal))
                {
                    figures.Add("setup.first_answer_s", Stopwatch.GetElapsedTime(started).TotalSeconds, "s");
                    return;
                }
            }

            throw new PlatformException("The clone's ./kakehashi up ended without an answer.");
        }
        finally
        {
            await RunAsync("kill", ["-INT", $"{up.Id}"], CancellationToken.None);
            await up.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(Path.GetDirectoryName(clone)!, recursive: true);
        }
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken ct)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(ct);
    }
}
