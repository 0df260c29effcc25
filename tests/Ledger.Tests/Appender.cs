using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Kakehashi.Ledger.Tests;

/// <summary>
/// A process of its own that appends from eight callers at once and prints each acknowledgement, for longer than any test
/// lets it: it is killed, or the ledger becomes unavailable.
/// </summary>
internal static class Appender
{
    public const int Unavailable = 3;
    private const int Callers = 8;
    private const int Most = 5000;

    /// <summary>What entry <paramref name="number"/> of a caller in a run holds: unlike any other, and of a length of its own.</summary>
    public static byte[] Entry(string run, int caller, int number) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{run}/{caller}/{number}/") + new string('x', number * 397 % 2000));

    /// <summary>Starts it and gives its process; <paramref name="limitBlocks"/> bounds its files, in blocks of 512 bytes.</summary>
    public static Process Start(string path, string run, int? limitBlocks = null)
    {
        var self = Environment.ProcessPath!;
        var limit = limitBlocks is null ? "" : $"trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f {limitBlocks}; ";
        return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", limit + "exec \"$0\" append \"$1\" \"$2\"", self, path, run])
        {
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>The acknowledgements it printed: index, and the entry that was acknowledged there.</summary>
    public static async IAsyncEnumerable<(long Index, byte[] Entry)> AcknowledgedAsync(Process process, string run)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            // A line that the kill cut short lacks its last word.
            if (line.Split(' ') is [var index, var caller, var number, "."])
            {
                yield return (
                    long.Parse(index, CultureInfo.InvariantCulture),
                    Entry(run, int.Parse(caller, CultureInfo.InvariantCulture), int.Parse(number, CultureInfo.InvariantCulture)));
            }
        }
    }

    public static async Task<int> RunAsync(string path, string run)
    {
        await using var ledger = await LedgerFile.OpenAsync(path, CancellationToken.None);
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => AppendAsync(ledger, run, caller, output))));
            return 0;
        }
        catch (LedgerUnavailableException)
        {
            return Unavailable;
        }
    }

    private static async Task AppendAsync(LedgerFile ledger, string run, int caller, TextWriter output)
    {
        for (var number = 0; number < Most; number++)
        {
            var index = await ledger.AppendAsync(Entry(run, caller, number), CancellationToken.None);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{index} {caller} {number} ."));
        }
    }
}
