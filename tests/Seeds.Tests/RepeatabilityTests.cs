using System.Security.Cryptography;

namespace Kakehashi.Seeds.Tests;

public sealed class RepeatabilityTests : IDisposable
{
    /// <summary>BBJ is several chunks then, so that workers can get in each other's way.</summary>
    private const double Scale = 0.03;

    private readonly string _directory = Directory.CreateTempSubdirectory("kakehashi-seeds-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_same_scale_gives_the_same_bytes_whatever_the_number_of_workers()
    {
        var (alone, together) = (Path.Combine(_directory, "1"), Path.Combine(_directory, "3"));
        await DemoBiobanks.WriteAsync(alone, Scale, workers: 1, ct: Ct);
        await DemoBiobanks.WriteAsync(together, Scale, workers: 3, ct: Ct);

        Assert.Equal(HashesOf(alone), HashesOf(together));
        Assert.Equal(1 + 1 + (5 * 8), HashesOf(alone).Count);
    }

    [Fact]
    public async Task A_finished_directory_is_current_for_its_scale_only()
    {
        Assert.False(DemoBiobanks.IsCurrent(_directory, 0.001));
        await DemoBiobanks.WriteAsync(_directory, 0.001, ct: Ct);

        Assert.True(DemoBiobanks.IsCurrent(_directory, 0.001));
        Assert.False(DemoBiobanks.IsCurrent(_directory, 0.002));
    }

    [Fact]
    public async Task A_directory_without_one_of_the_biobanks_is_not_current()
    {
        await DemoBiobanks.WriteAsync(_directory, 0.001, ct: Ct);
        Directory.Delete(Path.Combine(_directory, "ncbn"), recursive: true);

        Assert.False(DemoBiobanks.IsCurrent(_directory, 0.001));
    }

    [Fact]
    public async Task An_interrupted_run_is_not_current()
    {
        await DemoBiobanks.WriteAsync(_directory, 0.001, ct: Ct);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DemoBiobanks.WriteAsync(_directory, 0.001, ct: stop.Token));
        Assert.False(DemoBiobanks.IsCurrent(_directory, 0.001));
    }

    [Fact]
    public async Task Progress_ends_at_the_number_of_all_participants()
    {
        var progress = new LastReport();
        await DemoBiobanks.WriteAsync(_directory, 0.001, progress, ct: Ct);

        Assert.Equal(new("dementia", 640, 640), progress.Last);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(38)]
    public async Task A_scale_that_cannot_be_written_is_refused(double scale) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => DemoBiobanks.WriteAsync(_directory, scale, ct: Ct));

    private static List<string> HashesOf(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetRelativePath(directory, file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];

    private sealed class LastReport : IProgress<DemoProgress>
    {
        public DemoProgress Last { get; private set; }

        public void Report(DemoProgress value) => Last = value;
    }
}
