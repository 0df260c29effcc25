using System.Net;
using Kakehashi.Contracts;

namespace Kakehashi.Platform.Tests.Audits;

[Collection<DemoPlatformTests>]
public sealed class UsageEventTests(DemoPlatform demo)
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_auditor_sees_exactly_one_event_for_each_node_of_each_search()
    {
        // A question nobody else asks, so that its events can be counted.
        var question = new Question("""{"all":[{"condition":"ICD10:I10"},{"age":{"from":41,"to":83}}]}""")
        {
            Project = "diabetes-cohort",
            Breakdown = ["sex"],
        };
        var searches = new[]
        {
            await demo.Platform.SearchAsync(question, _ct),
            await demo.Platform.SearchAsync(question with { EthicsApproval = false }, _ct),
            await demo.Platform.SearchAsync(question with { Use = "POA" }, _ct),
        };

        foreach (var node in DemoPlatform.Biobanks)
        {
            var answers = searches.Select(search => search.Nodes!.Single(answer => answer.Node == node)).ToList();
            var events = await MeteringLog.UpToAsync(demo.Platform, node, answers[^1].LedgerIndex!.Value, _ct);

            var ours = events.Where(e => e.Usage!.CohortId == searches[0].CohortId).ToList();
            Assert.Equal(answers.Select(answer => answer.LedgerIndex!.Value), ours.Select(e => e.ProducerIndex));
            Assert.Equal(answers.Select(answer => answer.State), ours.Select(e => e.Usage!.Outcome));
            Assert.All(ours, e => Assert.Equal(
                (node, "sato", "Example University", "diabetes-cohort"),
                (e.Usage!.Node, e.Usage!.Subject, e.Usage!.Organisation, e.Usage!.Project)));
            Assert.All(ours, e => Assert.Equal(["age", "by sex", "condition ICD10:I10"], e.Usage!.Variables.Order(StringComparer.Ordinal)));
            Assert.Equal([ResearchUse.HMB, ResearchUse.HMB, ResearchUse.POA], ours.Select(e => e.Usage!.Purpose.Use));
            Assert.All(
                ours.Where(e => e.Usage!.Outcome is CountStates.Denied or CountStates.NeedsDecision),
                e => Assert.Equal(0, e.Usage!.CellsReleased));
            MeteringLog.IsDense(events);
        }
    }

    [Theory]
    [InlineData("sato")]
    [InlineData("tanaka")]
    [InlineData("watanabe")]
    [InlineData("yamamoto")]
    public async Task Nobody_but_an_auditor_reads_the_events(string account)
    {
        var reply = await demo.Platform.GetAsync(account, "api/metering/events", _ct);

        Assert.Equal(HttpStatusCode.Forbidden, reply.Status);
        Assert.Equal("access.forbidden", reply.Code());
    }

    [Fact]
    public async Task An_auditor_puts_no_questions()
    {
        var reply = await demo.Platform.PostAsync("ito", "api/catalog/searches", new Question(Question.Everybody).ToJson(), _ct);

        Assert.Equal((HttpStatusCode.Forbidden, "access.forbidden"), (reply.Status, reply.Code()));
    }
}
