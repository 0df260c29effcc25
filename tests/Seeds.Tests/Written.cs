using Kakehashi.Seeds.Tests;

[assembly: AssemblyFixture(typeof(Written))]

namespace Kakehashi.Seeds.Tests;

/// <summary>The five biobanks, written once at a fiftieth of full size and read back.</summary>
public sealed class Written : IAsyncLifetime
{
    public const double Scale = 0.02;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("kakehashi-seeds-").FullName;

    public IReadOnlyList<WrittenBiobank> Biobanks { get; private set; } = [];

    public WrittenBiobank this[string id] => Biobanks.Single(b => b.Biobank.Id == id);

    /// <summary>truth/overlaps.csv: person, biobank, participant.</summary>
    public IReadOnlyList<string[]> Overlaps { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await DemoBiobanks.WriteAsync(Directory, Scale, ct: TestContext.Current.CancellationToken);
        Biobanks = [.. DemoBiobanks.All.Select(b => new WrittenBiobank(b, Path.Combine(Directory, b.Id)))];
        Overlaps = Csv.Rows(Path.Combine(Directory, "truth", "overlaps.csv"));
    }

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>One biobank's files.</summary>
public sealed class WrittenBiobank
{
    public WrittenBiobank(DemoBiobank biobank, string folder)
    {
        (Biobank, Folder) = (biobank, folder);
        Participants = [.. Csv.Rows(PathOf("participants.csv")).Select(r => new WrittenParticipant(r))];
        ById = Participants.ToDictionary(p => p.Id);
        foreach (var row in Csv.Rows(PathOf("conditions.csv")))
        {
            ById[row[0]].Conditions.Add(row[1]["ICD10:".Length..]);
        }

        foreach (var row in Csv.Rows(PathOf("measurements.csv")))
        {
            ById[row[0]].Measurements.Add(row[1], double.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture));
        }

        Identities = Csv.Rows(PathOf("identities.csv")).ToDictionary(r => r[0]);
    }

    public DemoBiobank Biobank { get; }

    public string Folder { get; }

    public IReadOnlyList<WrittenParticipant> Participants { get; }

    public IReadOnlyDictionary<string, WrittenParticipant> ById { get; }

    public IReadOnlyDictionary<string, string[]> Identities { get; }

    public string PathOf(string file) => Path.Combine(Folder, file);
}

/// <summary>One line of participants.csv, with the participant's conditions and measurements.</summary>
public sealed class WrittenParticipant(string[] row)
{
    public string Id => row[0];

    public bool Female => row[1] == "female";

    public int Age { get; } = int.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture);

    public DateOnly Enrolled { get; } = DateOnly.ParseExact(row[3], "yyyy-MM-dd", null);

    public string Dataset => row[4];

    public IReadOnlyList<string> Permissions { get; } = row[5].Split(';', StringSplitOptions.RemoveEmptyEntries);

    public string Smoking => row[6];

    public string Prefecture => row[8];

    public HashSet<string> Conditions { get; } = [];

    public Dictionary<string, double> Measurements { get; } = [];

    /// <summary>Whether the participant has the category or a part of it.</summary>
    public bool Has(string category) => Conditions.Any(c => c.StartsWith(category, StringComparison.Ordinal));
}
