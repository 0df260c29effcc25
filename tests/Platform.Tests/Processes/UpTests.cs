using Kakehashi.AppHost.Platform;

namespace Kakehashi.Platform.Tests.Processes;

/// <summary>The first thing a person does with Kakehashi: <c>./kakehashi up</c>, look, Ctrl-C.</summary>
public sealed class UpTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Up_shows_a_first_answer_runs_until_stopped_and_leaves_nothing_running()
    {
        var folder = new PlatformFolder(Path.Combine(Path.GetTempPath(), $"kakehashi-up-{Guid.CreateVersion7():N}"));
        try
        {
            var ports = TestPlatform.FreePorts();
            string[] arguments = ["up", "--data", folder.Root, "--port", $"{ports.Base}", "--scale", "0.002"];

            var first = await UpAsync(arguments, ports, async () =>
            {
                using var search = ChildProcess.Start(
                    "AppHost", "search", """{"sex":"female"}""", "--purpose", "HMB", "--ethics", "--data", folder.Root);
                Assert.Equal(0, await search.ExitCodeAsync(_ct));
                Assert.Contains("from 5 of 5 biobanks", search.Output, StringComparison.Ordinal);
                using var second = ChildProcess.Start("AppHost", arguments);
                Assert.Equal(1, await second.ExitCodeAsync(_ct));
                Assert.Contains("already runs", second.Errors, StringComparison.Ordinal);
            });
            Assert.Contains("Synthetic demo biobanks", first.Errors, StringComparison.Ordinal);
            Assert.Contains("sato", first.Output, StringComparison.Ordinal);

            // The second time the biobanks are there already.
            var second = await UpAsync(arguments, ports, () => Task.CompletedTask);
            Assert.DoesNotContain("Synthetic demo biobanks", second.Errors, StringComparison.Ordinal);
            Assert.Contains("snapshot", second.Output, StringComparison.Ordinal);
        }
        finally
        {
            await PostgresCluster.RemoveAsync(folder, CancellationToken.None);
            Directory.Delete(folder.Root, recursive: true);
        }
    }

    private async Task<(string Output, string Errors)> UpAsync(string[] arguments, Ports ports, Func<Task> meanwhile)
    {
        using var up = ChildProcess.Start("AppHost", arguments);
        await Eventually.SeesAsync(
            () => Task.FromResult((up.Output, up.Errors, up.HasExited)),
            seen => seen.HasExited || seen.Output.Contains("Stop:  Ctrl-C", StringComparison.Ordinal),
            _ct);
        Assert.False(up.HasExited, up.Errors);
        Assert.Matches(@"[\d,]+ participants from \d of 5 biobanks", up.Output);
        Assert.Contains($"Kakehashi is at {ports.Front}", up.Output, StringComparison.Ordinal);

        await meanwhile();

        Assert.Equal(0, await up.StopAsync("INT", _ct));
        ports.RequireFree();
        return (up.Output, up.Errors);
    }
}
