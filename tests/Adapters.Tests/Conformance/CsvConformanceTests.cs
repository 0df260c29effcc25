namespace Kakehashi.Adapters.Tests.Conformance;

/// <summary>Reads a copy of the fixture whose files and folder nobody may write.</summary>
public sealed class CsvConformanceTests : AdapterConformance, IDisposable
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead;
    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-").FullName;

    public CsvConformanceTests()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Fixtures, "csv")))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }

        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.EnumerateFiles(_folder))
            {
                File.SetUnixFileMode(file, ReadOnly);
            }

            File.SetUnixFileMode(_folder, ReadOnly | UnixFileMode.UserExecute);
        }
    }

    protected override IEnumerable<string> ExpectedFaults =>
    [
        "people.csv enrolled adapter.date-in-future 10",
        "people.csv year adapter.age-out-of-range 11",
        "people.csv - adapter.participant-repeated 12",
        "people.csv consent adapter.permission-unknown 5",
        "conditions.csv - adapter.participant-unknown 11",
        "conditions.csv code adapter.code-invalid 12",
        "drugs.csv - adapter.participant-unknown 5",
        "measurements.csv value adapter.unit-unknown 8",
        "measurements.csv value adapter.out-of-bounds 9",
        "measurements.csv value adapter.not-a-number 10",
        "measurements.csv value adapter.unit-missing 11",
        "measurements.csv - adapter.participant-unknown 12",
        "biosamples.csv type adapter.code-invalid 6",
    ];

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder, ReadOnly | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }

        Directory.Delete(_folder, recursive: true);
    }

    protected override Biobank Biobank() => BiobankFile.Load(Path.Combine(_folder, "biobank.yaml"));

    protected override Task<string> PictureOfSourceAsync() => Task.FromResult(string.Join(
        '\n',
        new DirectoryInfo(_folder).EnumerateFileSystemInfos().OrderBy(f => f.Name).Select(f => $"{f.Name} {f.LastWriteTimeUtc:O} {(f as FileInfo)?.Length}")));
}
