using System.Diagnostics;
using System.Text.Json;
using Kakehashi.TestKit;

namespace Kakehashi.Adapters.Tests.RealData;

/// <summary>The CINECA cohort through deploy/biobanks/cineca-1000g.yaml, against counts by Node.js over the raw files.</summary>
public sealed class CinecaTests
{
    [Fact]
    public async Task Every_question_has_the_count_of_the_adapter_and_of_an_independent_script()
    {
        var independent = await IndependentAsync(Shared.PathOf("data/cineca-1000g"));
        var counter = new Counter((await OutcomeAsync()).Sink);

        var expected = RealQuestions.Of(RealQuestions.Cineca).ToList();

        Assert.Equal(expected.Where(q => q.Count is not null).Select(q => (q.Name, q.Count!.Value)), independent.Select(c => (c.Key, c.Value)));
        Assert.Equal(expected.Select(q => (q.Name, q.Count)), expected.Select(q => (q.Name, counter.Count(q.Cohort))));
    }

    [Fact]
    public async Task The_report_shows_the_broken_columns()
    {
        var outcome = await OutcomeAsync();

        Assert.Empty(outcome.Sink.Breaches);
        Assert.Equal(
            [("Age at recruitment-0.0", 2504), ("Type of cancer: ICD10 addendum-0.0", 2504), ("Type of cancer: ICD10-0.0", 2504)],
            outcome.Report.Faults.Where(f => f.Code == "adapter.column-empty").Select(f => (f.Column!, f.Rows)).Order());
        Assert.Equal((87, 7), outcome.Report.Faults.Where(f => f.Column == "Triglycerides-0.0").Select(f => (f.Rows, f.FirstLines[0])).Single());
        Assert.Equal(31, outcome.Fault("adapter.join-unused").Rows);
    }

    private static Task<Outcome> OutcomeAsync()
    {
        var shared = Shared.PathOf("");
        return Outcome.OfAsync(BiobankFile.Load(
            Path.Combine(Shared.RepositoryRoot(), "deploy", "biobanks", "cineca-1000g.yaml"), name => name == "KAKEHASHI_SHARED" ? shared : null));
    }

    private static async Task<IReadOnlyDictionary<string, long>> IndependentAsync(string directory)
    {
        var script = Path.Combine(Shared.RepositoryRoot(), "tests", "Adapters.Tests", "Independent", "cineca.mjs");
        using var node = Process.Start(new ProcessStartInfo("node", [script, directory]) { RedirectStandardOutput = true })!;
        var output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        return JsonSerializer.Deserialize<Dictionary<string, long>>(output)!;
    }
}
