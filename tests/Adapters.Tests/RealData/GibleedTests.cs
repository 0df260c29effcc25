using Kakehashi.TestKit;

namespace Kakehashi.Adapters.Tests.RealData;

/// <summary>GiBleed through deploy/biobanks/omop-gibleed.yaml, against counts by SQL over the raw files.</summary>
public sealed class GibleedTests
{
    [Fact]
    public async Task Every_question_has_the_count_of_the_adapter_and_of_independent_sql()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var database = await GibleedDatabase.CreateAsync(Shared.PathOf("data/omop-gibleed"), ct);
        var sql = await File.ReadAllTextAsync(Path.Combine(Shared.RepositoryRoot(), "tests", "Adapters.Tests", "Independent", "gibleed.sql"), ct);
        var outcome = await Outcome.OfAsync(BiobankFile.Load(
            Path.Combine(Shared.RepositoryRoot(), "deploy", "biobanks", "omop-gibleed.yaml"), _ => database.ConnectionString));
        var counter = new Counter(outcome.Sink);

        var expected = RealQuestions.Of(RealQuestions.Gibleed).ToList();

        Assert.Equal(
            expected.Where(q => q.Count is not null).Select(q => (q.Name, q.Count!.Value)).Order(),
            (await database.CountAsync(sql, ct)).Order());
        Assert.Equal(expected.Select(q => (q.Name, q.Count)), expected.Select(q => (q.Name, counter.Count(q.Cohort))));
        Assert.Empty(outcome.Sink.Breaches);
        Assert.Equal(
            [
                ("concept_ancestor", "adapter.ancestor-unknown", 50922), ("condition_era", "adapter.concept-none", 443),
                ("measurement", "adapter.table-absent", 0), ("observation_period", "adapter.participant-unknown", 2649), ("specimen", "adapter.table-absent", 0),
            ],
            outcome.Report.Faults.Select(f => (f.Source, f.Code, f.Rows)).Order());
    }
}
