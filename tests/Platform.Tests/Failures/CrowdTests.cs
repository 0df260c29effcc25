using System.Collections.Concurrent;
using Kakehashi.Catalog.Searches;
using Kakehashi.Contracts;
using Kakehashi.Platform.Tests.Audits;

namespace Kakehashi.Platform.Tests.Failures;

[Collection<DemoPlatformTests>]
public sealed class CrowdTests(DemoPlatform demo)
{
    private const string Leaving = "tommo";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_a_node_leaves_and_returns_under_questions_the_others_answer_all_of_them_and_no_event_is_lost()
    {
        var question = new Question("""{"all":[{"sex":"female"},{"age":{"from":37,"to":91}}]}""") { Biobanks = ["bbj", Leaving] };
        var answers = new ConcurrentBag<SearchAnswer>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        var crowd = Enumerable.Range(0, 4).Select(_ => AskUntilAsync(enough.Token)).ToList();

        await demo.Platform.Local.Hosts.StopAsync($"node-{Leaving}");
        await Eventually.IsAsync(() => Task.FromResult(answers.Any(answer => Of(answer, Leaving).State == CountStates.Unreachable)), _ct);
        await demo.Platform.Local.Hosts.StartAgainAsync($"node-{Leaving}");
        await demo.Platform.Local.UntilNodesAnswerAsync(_ct);
        var returned = answers.Count;
        await Eventually.IsAsync(() => Task.FromResult(answers.Count > returned + 20), _ct);
        await enough.CancelAsync();
        await Task.WhenAll(crowd);

        Assert.All(answers, answer => Assert.Equal(CountStates.Answered, Of(answer, "bbj").State));
        foreach (var node in question.Biobanks)
        {
            var indexes = answers.Select(answer => Of(answer, node).LedgerIndex).OfType<long>().Order().ToList();
            var events = await MeteringLog.UpToAsync(demo.Platform, node, indexes[^1], _ct);
            MeteringLog.IsDense(events);
            Assert.Equal(indexes.Distinct(), indexes);
            var ours = events.Where(e => e.Usage!.CohortId == answers.First().CohortId);
            Assert.Superset(indexes.ToHashSet(), ours.Select(e => e.ProducerIndex).ToHashSet());
        }

        async Task AskUntilAsync(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                answers.Add(await demo.Platform.SearchAsync(question, _ct));
                await Task.Delay(100, _ct); // within what one caller may ask
            }
        }
    }

    private static NodeAnswer Of(SearchAnswer answer, string node) => answer.Nodes!.Single(n => n.Node == node);
}
