using Kakehashi.Contracts;
using Kakehashi.TestKit;

namespace Kakehashi.Platform.Tests.RealInput;

/// <summary>Questions to two published sources, through the whole platform; their true counts come from scripts over the raw files.</summary>
[Collection<RealPlatformTests>]
public sealed class RealQuestionTests(RealPlatform real)
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Names =>
        [.. RealQuestions.All.Select(question => new TheoryDataRow<string, string>(question.Biobank, question.Name))];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_a_researcher_sees_is_what_disclosure_control_makes_of_the_true_count(string biobank, string name)
    {
        var question = RealQuestions.Of(biobank).Single(q => q.Name == name);
        var platform = await real.StartedAsync(_ct);

        var node = Assert.Single((await platform.SearchAsync(new(question.Cohort) { Use = "GRU", Biobanks = [biobank] }, _ct)).Nodes!);

        switch (question.Count)
        {
            case null:
                Assert.Equal((CountStates.NotHeld, null), (node.State, node.Count));
                Assert.NotEmpty(node.Missing);
                break;
            case < 10:
                Assert.Equal((CountStates.Withheld, WithheldReasons.BelowThreshold), (node.State, node.Count!.Value.Withheld));
                break;
            case { } exact:
                Assert.Equal((CountStates.Answered, (exact + 5) / 10 * 10), (node.State, node.Count!.Value.Value));
                break;
        }
    }

    [Fact]
    public async Task One_question_goes_to_real_and_demo_biobanks_alike()
    {
        var platform = await real.StartedAsync(_ct);

        var answer = await platform.SearchAsync(new("""{"sex":"female"}""") { Use = "GRU", Breakdown = ["sex"] }, _ct);

        Assert.Equal(["bbj", "cineca", "dementia", "gibleed", "jmicc", "ncbn", "tommo"], answer.Nodes!.Select(node => node.Node));
        Assert.Equal(1270, answer.Nodes!.Single(node => node.Node == "cineca").Count!.Value.Value);
        Assert.Equal(1370, answer.Nodes!.Single(node => node.Node == "gibleed").Count!.Value.Value);
    }

    [Fact]
    public async Task The_load_report_names_the_columns_that_are_broken_in_the_published_file()
    {
        var platform = await real.StartedAsync(_ct);

        var report = platform.Local.Nodes.Single(node => node.Id == RealQuestions.Cineca).Load.Current.Index!.Report;

        foreach (var column in new[] { "Age at recruitment-0.0", "Type of cancer: ICD10-0.0", "Type of cancer: ICD10 addendum-0.0" })
        {
            Assert.Contains(report.Faults, fault => fault.Column == column);
        }

        Assert.True(File.Exists(Path.Combine(platform.Folder.Private("nodes", RealQuestions.Cineca), "load-report.json")));
    }

    [Fact]
    public async Task The_load_report_names_the_tables_that_were_not_published()
    {
        var platform = await real.StartedAsync(_ct);

        var report = platform.Local.Nodes.Single(node => node.Id == RealQuestions.Gibleed).Load.Current.Index!.Report;

        foreach (var table in new[] { "measurement", "specimen" })
        {
            Assert.Contains(report.Faults, fault => fault.Source.Contains(table, StringComparison.Ordinal));
        }
    }
}
