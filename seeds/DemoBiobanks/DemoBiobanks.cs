using System.Globalization;
using Kakehashi.Seeds.Files;
using Kakehashi.Seeds.People;
using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds;

/// <summary>
/// The five synthetic biobanks the platform is tried with: one folder each, with a biobank.yaml a node can serve, and
/// truth/overlaps.csv beside them. The same scale always gives the same bytes.
/// </summary>
public static class DemoBiobanks
{
    /// <summary>Changes whenever the written bytes change.</summary>
    private const int Version = 1;

    /// <summary>Participant ids have seven digits.</summary>
    private const double LargestScale = 37;

    public static IReadOnlyList<DemoBiobank> All { get; } = [.. Profile.All.Select(p => p.Biobank)];

    /// <summary>The configuration file of a biobank below the directory given to <see cref="WriteAsync"/>.</summary>
    public static string ConfigurationOf(string directory, DemoBiobank biobank) => Path.Combine(directory, biobank.Id, "biobank.yaml");

    /// <summary>Whether the directory holds what this generator would write at this scale.</summary>
    public static bool IsCurrent(string directory, double scale) =>
        File.Exists(MarkerOf(directory)) && File.ReadAllText(MarkerOf(directory)) == MarkerAt(scale)
        && All.All(b => File.Exists(ConfigurationOf(directory, b)));

    /// <summary>Writes all five biobanks. What an earlier run left is overwritten; the marker is written last.</summary>
    /// <param name="directory">Where the biobanks' folders go; made if missing.</param>
    /// <param name="scale">Size: 1 is 640,000 participants; 0.1 is the demo's default.</param>
    /// <param name="progress">Told after every few thousand participants.</param>
    /// <param name="workers">Threads that make rows; the processors, if not given. Does not change what is written.</param>
    public static async Task WriteAsync(
        string directory, double scale, IProgress<DemoProgress>? progress = null, int? workers = null, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, LargestScale);
        Directory.CreateDirectory(directory);
        File.Delete(MarkerOf(directory));
        var roster = new Roster(scale);
        var (done, total) = (0L, All.Sum(b => (long)b.SizeAt(scale)));
        foreach (var profile in Profile.All)
        {
            var folder = new Folder(Path.Combine(directory, profile.Biobank.Id), profile, roster, scale);
            await folder.WriteAsync(workers ?? Environment.ProcessorCount, Report(profile.Biobank.Id), ct);
        }

        await Overlaps.WriteAsync(Path.Combine(directory, "truth", "overlaps.csv"), roster, ct);
        await File.WriteAllTextAsync(MarkerOf(directory), MarkerAt(scale), ct);

        Action<int> Report(string biobank) => written => progress?.Report(new(biobank, done += written, total));
    }

    private static string MarkerOf(string directory) => Path.Combine(directory, "generated.txt");

    private static string MarkerAt(double scale) =>
        string.Create(CultureInfo.InvariantCulture, $"Kakehashi demo biobanks, generator {Version}, scale {scale:R}\n");
}
