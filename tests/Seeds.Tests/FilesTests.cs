using System.Globalization;

namespace Kakehashi.Seeds.Tests;

public sealed class FilesTests(Written written)
{
    public static TheoryData<string> Ids => [.. DemoBiobanks.All.Select(b => b.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_biobank_has_as_many_participants_as_the_scale_says_and_each_id_once(string id)
    {
        var biobank = written[id];

        Assert.Equal(biobank.Biobank.SizeAt(Written.Scale), biobank.Participants.Count);
        Assert.Equal(biobank.Participants.Count, biobank.ById.Count);
    }

    [Fact]
    public void No_two_biobanks_share_an_id()
    {
        var ids = written.Biobanks.SelectMany(b => b.ById.Keys).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_row_is_about_a_known_participant_and_everybody_has_an_identity(string id)
    {
        var biobank = written[id];

        Assert.Subset(biobank.ById.Keys.ToHashSet(), RowsOf(biobank, "conditions.csv"));
        Assert.Subset(biobank.ById.Keys.ToHashSet(), RowsOf(biobank, "measurements.csv"));
        Assert.Subset(biobank.ById.Keys.ToHashSet(), RowsOf(biobank, "biosamples.csv"));
        Assert.Subset(biobank.ById.Keys.ToHashSet(), RowsOf(biobank, "data.csv"));
        Assert.Equal(biobank.ById.Keys.ToHashSet(), biobank.Identities.Keys.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_code_is_in_the_code_list_with_both_names(string id)
    {
        var biobank = written[id];
        var codes = Csv.Rows(biobank.PathOf("codes.csv"));
        var listed = codes.Select(c => $"{c[0]} {c[1]}").ToHashSet();

        Assert.Equal(codes.Count, listed.Count);
        Assert.All(codes, c => Assert.True(c[2].Length > 0 && c[3].Length > 0, $"{c[1]} has no name."));
        Assert.Subset(listed, biobank.Participants.SelectMany(p => p.Conditions).Select(c => $"condition ICD10:{c}").ToHashSet());
        Assert.Subset(listed, biobank.Participants.SelectMany(p => p.Measurements.Keys).Select(c => $"measurement {c}").ToHashSet());
        Assert.Subset(listed, TypesOf(biobank, "biosamples.csv").Select(t => $"biosample {t}").ToHashSet());
        Assert.Subset(listed, TypesOf(biobank, "data.csv").Select(t => $"data {t}").ToHashSet());
        Assert.Subset(listed, biobank.Participants.Select(p => $"attribute prefecture={p.Prefecture}").ToHashSet());
        Assert.Subset(listed, biobank.Participants.Where(p => p.Smoking.Length > 0).Select(p => $"attribute smoking={p.Smoking}").ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Values_are_in_the_declared_unit_and_range(string id)
    {
        var biobank = written[id];
        var codes = Csv.Rows(biobank.PathOf("codes.csv")).Where(c => c[0] == "measurement").ToDictionary(c => c[1]);

        Assert.All(Csv.Rows(biobank.PathOf("measurements.csv")), row =>
        {
            Assert.Equal(codes[row[1]][4], row[3]);
            Assert.InRange(Number(row[2]), Number(codes[row[1]][5]), Number(codes[row[1]][6]));
        });
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Nobody_has_a_condition_or_a_biosample_twice(string id)
    {
        var biobank = written[id];
        var lines = File.ReadAllLines(biobank.PathOf("conditions.csv"));

        Assert.Equal(lines.Length, lines.Distinct().Count());
        Assert.Equal(Csv.Rows(biobank.PathOf("biosamples.csv")).Count, RowsOf(biobank, "biosamples.csv").Count);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_configuration_names_every_file_but_the_identities(string id)
    {
        var biobank = written[id];
        var configuration = File.ReadAllText(DemoBiobanks.ConfigurationOf(written.Directory, biobank.Biobank));

        Assert.Contains($"id: {id}\n", configuration, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(biobank.Folder, "*.csv").Select(Path.GetFileName))
        {
            Assert.Equal(file != "identities.csv", configuration.Contains(file!, StringComparison.Ordinal));
        }

        Assert.All(biobank.Participants.Select(p => p.Dataset).Distinct(), dataset =>
            Assert.Contains($"  - id: {dataset}\n", configuration, StringComparison.Ordinal));
    }

    private static HashSet<string> RowsOf(WrittenBiobank biobank, string file) => [.. Csv.Rows(biobank.PathOf(file)).Select(r => r[0])];

    private static IEnumerable<string> TypesOf(WrittenBiobank biobank, string file) =>
        Csv.Rows(biobank.PathOf(file)).SelectMany(r => r[1].Split(';')).Distinct();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
