using System.Text.RegularExpressions;
using Kakehashi.TestKit;

namespace Kakehashi.Seeds.Tests;

/// <summary>seeds/README.md keeps its promises: a row for each requirement, and no path that leads nowhere.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Root = Shared.RepositoryRoot();
    private static readonly string Readme = File.ReadAllText(Path.Combine(Root, "seeds", "README.md"));

    [Fact]
    public void Every_requirement_has_one_row_with_a_part_a_test_and_a_state()
    {
        var rows = Readme.Split('\n').Where(l => RowStart().IsMatch(l)).Select(l => l.Split('|', StringSplitOptions.TrimEntries)).ToList();

        Assert.Equal(Enumerable.Range(1, 12).Select(i => $"S{i}"), rows.Select(r => r[1]));
        Assert.All(rows, r => Assert.NotEmpty(RepositoryPath().Matches(r[3])));
        Assert.All(rows, r => Assert.NotEmpty(RepositoryPath().Matches(r[4])));
        Assert.All(rows, r => Assert.Contains(r[5], new[] { "here", "first part", "planned" }));
    }

    [Fact]
    public void Every_path_into_a_project_of_the_solution_exists()
    {
        var paths = RepositoryPath().Matches(Readme).Select(m => m.Groups[1].Value).Distinct().ToList();

        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Root, path)), $"{path} is not there."));
    }

    [Fact]
    public void Every_demo_biobank_is_described() =>
        Assert.All(DemoBiobanks.All, b => Assert.Matches($@"\| `{b.Id}` \|.*\| {b.Participants:N0} \|", Readme));

    [GeneratedRegex(@"^\| S\d+ \|")]
    private static partial Regex RowStart();

    [GeneratedRegex("`((?:src|tests|seeds)/[^` ]+)`")]
    private static partial Regex RepositoryPath();
}
