using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Kakehashi.Ledger.Tests;

/// <summary>A real process, really killed, and disks that refuse.</summary>
public sealed class LedgerCrashTests : IDisposable
{
    private const int Kills = 12;

    private readonly TestFolder _folder = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whatever_was_acknowledged_before_a_kill_is_there_once_after_it()
    {
        var acknowledged = new Dictionary<long, byte[]>();
        for (var kill = 0; kill < Kills; kill++)
        {
            var killAfter = 1 + (kill * 137 % 700);
            using var process = Appender.Start(_folder.Ledger, $"run{kill}");
            await foreach (var (index, entry) in Appender.AcknowledgedAsync(process, $"run{kill}"))
            {
                Assert.True(acknowledged.TryAdd(index, entry), $"Index {index} was acknowledged twice.");
                if (--killAfter == 0)
                {
                    process.Kill(); // SIGKILL; what it still prints before it dies is read by the loop
                }
            }

            await process.WaitForExitAsync(_ct);
            Assert.NotEqual(Appender.Unavailable, process.ExitCode);
            await AssertHoldsAsync(acknowledged);
        }
    }

    [Fact]
    public async Task A_file_size_limit_closes_the_ledger_and_everything_acknowledged_is_there()
    {
        using var process = Appender.Start(_folder.Ledger, "run", limitBlocks: 6000); // 2.9 MiB: in the middle of a chunk
        var acknowledged = new Dictionary<long, byte[]>();
        await foreach (var (index, entry) in Appender.AcknowledgedAsync(process, "run"))
        {
            Assert.True(acknowledged.TryAdd(index, entry));
        }

        await process.WaitForExitAsync(_ct);

        Assert.Equal(Appender.Unavailable, process.ExitCode);
        Assert.NotEmpty(acknowledged);
        await AssertHoldsAsync(acknowledged);
    }

    [Fact]
    public async Task A_full_disk_closes_the_ledger_for_good_and_room_made_later_does_not_reopen_it()
    {
        var disk = Path.Combine(_folder.Path, "disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk) == 0, "Mounting a small file system needs root.");
        try
        {
            var path = Path.Combine(disk, "ledger");
            var spare = Path.Combine(disk, "spare");
            File.WriteAllBytes(spare, new byte[500_000]);
            var acknowledged = new Dictionary<long, byte[]>();
            await using (var ledger = await LedgerFile.OpenAsync(path, _ct))
            {
                await Assert.ThrowsAsync<LedgerUnavailableException>(() => FillAsync(ledger, acknowledged));
                Assert.IsType<IOException>(ledger.Failure, exactMatch: false);

                File.Delete(spare);
                await Assert.ThrowsAsync<LedgerUnavailableException>(async () => await ledger.AppendAsync(Appender.Entry("later", 0, 0), _ct));
                await Assert.ThrowsAsync<LedgerUnavailableException>(() => ledger.WaitForAsync(ledger.Count, _ct));
                Assert.Equal(acknowledged.Count, ledger.Count);
                Assert.Single(await ledger.ReadAsync(0, 1, int.MaxValue, _ct));
            }

            await AssertHoldsAsync(acknowledged, path);
        }
        finally
        {
            await RunAsync("umount", disk);
        }
    }

    [Fact]
    public async Task A_flush_that_fails_closes_the_ledger_and_is_not_tried_again()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "Making a flush fail needs strace.");
        var script = "exec strace -f -qq -o \"$2.trace\" -e trace=fdatasync -e inject=fdatasync:error=EIO:when=20 \"$0\" append \"$1\" run";
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, Environment.ProcessPath!, _folder.Ledger, _folder.Ledger])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var acknowledged = new Dictionary<long, byte[]>();
        await foreach (var (index, entry) in Appender.AcknowledgedAsync(process, "run"))
        {
            Assert.True(acknowledged.TryAdd(index, entry));
        }

        await process.WaitForExitAsync(_ct);
        Assert.SkipWhen(process.ExitCode == 1, "This system does not let strace follow a process.");

        Assert.Equal(Appender.Unavailable, process.ExitCode);
        var flushes = await File.ReadAllLinesAsync($"{_folder.Ledger}.trace", _ct);
        Assert.Contains("EIO", flushes[^1], StringComparison.Ordinal);
        Assert.Single(flushes, line => line.Contains("EIO", StringComparison.Ordinal));
        await AssertHoldsAsync(acknowledged);
    }

    private static async Task FillAsync(LedgerFile ledger, Dictionary<long, byte[]> acknowledged)
    {
        for (var number = 0; ; number++)
        {
            var entry = Appender.Entry("full", 0, number);
            acknowledged.Add(await ledger.AppendAsync(entry, TestContext.Current.CancellationToken), entry);
        }
    }

    private static async Task<int> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    /// <summary>Every acknowledged entry stands at its index, no entry stands twice, and the ledger goes on.</summary>
    private async Task AssertHoldsAsync(Dictionary<long, byte[]> acknowledged, string? path = null)
    {
        await using var ledger = await LedgerFile.OpenAsync(path ?? _folder.Ledger, _ct);
        var stored = await ledger.ReadAsync(0, int.MaxValue, int.MaxValue, _ct);
        Assert.Equal(ledger.Count, stored.Count);
        Assert.All(acknowledged, a => Assert.Equal(a.Value, stored[(int)a.Key]));
        Assert.Equal(stored.Count, stored.Select(Encoding.UTF8.GetString).Distinct(StringComparer.Ordinal).Count());
        Assert.True(acknowledged.Count <= stored.Count, string.Create(CultureInfo.InvariantCulture, $"{acknowledged.Count} > {stored.Count}"));
    }
}
