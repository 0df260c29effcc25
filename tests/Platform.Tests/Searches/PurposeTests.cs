using Kakehashi.Catalog.Searches;
using Kakehashi.Contracts;

namespace Kakehashi.Platform.Tests.Searches;

[Collection<DemoPlatformTests>]
public sealed class PurposeTests(DemoPlatform demo)
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_company_is_denied_where_the_terms_say_so_and_elsewhere_counts_only_who_permits_it()
    {
        var academic = await AskAsync(new(Question.Everybody));

        var commercial = await AskAsync(new(Question.Everybody) { Commercial = true }, "suzuki");

        Assert.Equal(["dementia", "jmicc"], commercial.Where(node => node.State == CountStates.Denied).Select(node => node.Node));
        Assert.All(commercial.Where(node => node.State == CountStates.Denied), IsDeniedAs("terms.non-commercial"));
        Assert.Equal(["terms.non-commercial"], Of(commercial, "ncbn").Reasons.Select(reason => reason.Code).Distinct());
        Assert.All(commercial.Where(node => node.State == CountStates.Answered), node =>
            Assert.True(node.Count!.Value.Value < Of(academic, node.Node).Count!.Value.Value, $"{node.Node} counts everybody for a company."));
        Assert.Equal(["bbj", "ncbn", "tommo"], commercial.Where(node => node.State == CountStates.Answered).Select(node => node.Node));
    }

    [Fact]
    public async Task Ancestry_research_is_denied_wherever_the_terms_are_biomedical()
    {
        var answers = await AskAsync(new(Question.Everybody) { Use = "POA" });

        Assert.Equal(["bbj", "dementia", "ncbn"], answers.Where(node => node.State == CountStates.Denied).Select(node => node.Node));
        Assert.All(answers.Where(node => node.State == CountStates.Denied), IsDeniedAs("terms.purpose-not-covered"));
        Assert.Equal(CountStates.Answered, Of(answers, "tommo").State);
    }

    [Fact]
    public async Task Without_an_ethics_approval_a_biobank_that_needs_one_asks_a_human()
    {
        var answers = await AskAsync(new(Question.Everybody) { EthicsApproval = false });

        Assert.Equal(CountStates.NeedsDecision, Of(answers, "bbj").State);
        Assert.Null(Of(answers, "bbj").Count);
        Assert.Contains("terms.ethics-approval", Of(answers, "bbj").Reasons.Select(reason => reason.Code));
        Assert.All(answers.Where(node => node.Node != "bbj"), node => Assert.Equal(CountStates.Answered, node.State));
    }

    [Fact]
    public async Task A_result_that_goes_abroad_counts_only_who_permits_it()
    {
        var people = DemoTruth.Read(demo.FolderOf("tommo")).Where(person => person.AllowsBiomedicalResearch()).ToList();

        var home = await AskAsync(new(Question.Everybody));
        var abroad = await AskAsync(new(Question.Everybody) { Country = "US" });

        Assert.All(abroad, node => Assert.True(node.Count!.Value.Value <= Of(home, node.Node).Count!.Value.Value));
        Assert.Equal(DemoTruth.Released(people.Count), Of(home, "tommo").Count!.Value.Value);
        Assert.Equal(DemoTruth.Released(people.Count(person => person.Permissions.Contains("abroad"))), Of(abroad, "tommo").Count!.Value.Value);
    }

    [Fact]
    public async Task Somebody_elses_project_looks_like_one_that_does_not_exist()
    {
        var own = await demo.Platform.SearchAsync(new(Question.Everybody) { Project = "diabetes-cohort" }, _ct);
        var elses = await RefusedAsync("drug-safety");
        var nobodys = await RefusedAsync("no-such-project");

        Assert.Equal(5, own.Total.Asked);
        Assert.Equal("catalog.unknown-project", elses.Code());
        Assert.All(new[] { "type", "title", "detail", "pointer", "faults" }, member => Assert.Equal(nobodys.Member(member), elses.Member(member)));
    }

    private Task<Reply> RefusedAsync(string project) => demo.Platform.PostAsync(
        "sato", "api/catalog/searches", new Question(Question.Everybody) { Project = project }.ToJson(), _ct);

    private async Task<IReadOnlyList<NodeAnswer>> AskAsync(Question question, string account = "sato") =>
        (await demo.Platform.SearchAsync(question, _ct, account)).Nodes!;

    private static NodeAnswer Of(IReadOnlyList<NodeAnswer> answers, string node) => answers.Single(answer => answer.Node == node);

    private static Action<NodeAnswer> IsDeniedAs(string code) => node =>
    {
        Assert.Null(node.Count);
        Assert.Empty(node.Breakdown);
        Assert.Equal([code], node.Reasons.Select(reason => reason.Code).Distinct());
    };
}
