using Kakehashi.Catalog.Nodes;
using Kakehashi.Catalog.Refreshes;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Catalog.Searches;

/// <summary>Puts one question to many nodes at once. Whatever a node does, the others are not held up, and everybody is done by the deadline.</summary>
internal sealed class FanOut(NodeLine line, TokenClient tokens, TimeProvider clock)
{
    /// <param name="deadline">Cancelled when time is up, or with <paramref name="aborted"/>.</param>
    /// <param name="aborted">Cancelled when the caller is gone: then nobody waits for an answer.</param>
    public Task<NodeAnswer>[] Ask(
        Question question, string callersToken, KnownBiobanks known, CancellationToken deadline, CancellationToken aborted)
    {
        var use = new UseAuthorization(UseAuthorization.TypeName, question.Purpose, question.Project);
        var asked = new Task<NodeAnswer>[question.Biobanks.Count];
        for (var i = 0; i < asked.Length; i++)
        {
            asked[i] = AskAsync(new(question, callersToken, use, known.ById[question.Biobanks[i]], clock.GetTimestamp()), deadline, aborted);
        }

        return asked;
    }

    private async Task<NodeAnswer> AskAsync(Errand errand, CancellationToken deadline, CancellationToken aborted)
    {
        try
        {
            var node = errand.Biobank.Id;
            var token = await tokens.ExchangeAsync(errand.CallersToken, Audiences.Node(node), errand.Use, deadline);
            var reply = await line.PostCountAsync(node, errand.Question.Body, token, deadline);
            return reply.IsOk ? Believed(reply.Read(NodeJson.Default.CountAnswer), errand) : Instead(errand, NodeFault.Of(reply.Status));
        }
        catch (Exception e) when (NodeFault.Of(e, aborted) is not null)
        {
            return Instead(errand, NodeFault.Of(e, aborted)!);
        }
    }

    private NodeAnswer Believed(CountAnswer answer, Errand errand)
    {
        var question = errand.Question;
        return AnswerRules.WhyNot(answer, errand.Biobank.Id, question.Cohort.Id, question.Breakdown) is { } fault
            ? Instead(errand, NodeFault.BadAnswer(fault))
            : new(
                answer.Node,
                errand.Biobank.Name,
                errand.Biobank.NameJa,
                answer.CohortId,
                answer.State,
                answer.Count,
                answer.Breakdown,
                answer.Reasons,
                answer.Missing,
                answer.Freshness,
                answer.Disclosure,
                answer.LedgerIndex,
                answer.ElapsedMs,
                MillisecondsOf(errand));
    }

    private NodeAnswer Instead(Errand errand, NodeFault fault) => new(
        errand.Biobank.Id,
        errand.Biobank.Name,
        errand.Biobank.NameJa,
        errand.Question.Cohort.Id,
        fault.State,
        null,
        [],
        [fault.Reason],
        [],
        null,
        null,
        null,
        null,
        MillisecondsOf(errand));

    private double MillisecondsOf(Errand errand) => Math.Round(clock.GetElapsedTime(errand.Started).TotalMilliseconds, 3);

    private sealed record Errand(Question Question, string CallersToken, UseAuthorization Use, KnownBiobank Biobank, long Started);
}
