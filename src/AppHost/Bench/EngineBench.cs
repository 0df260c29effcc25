using System.Diagnostics;
using System.Text;
using Kakehashi.AppHost.Platform;
using Kakehashi.Cohorts;
using Kakehashi.Contracts;
using Kakehashi.Node;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Counts;
using Kakehashi.Node.Index;

namespace Kakehashi.AppHost.Bench;

/// <summary>The nodes' own work for one question, without network and ledger: terms, consent mask, count, breakdown, disclosure control.</summary>
internal static class EngineBench
{
    public static readonly Purpose Purpose = new(ResearchUse.HMB, [], EthicsApproval: true, Collaboration: true, Publication: true);

    private static readonly string[] BySexAndAge = ["sex", "age"];

    /// <summary>Milliseconds of one thread over all nodes: the median of many rounds, so that a busy machine counts little.</summary>
    public static double CpuMs(IReadOnlyList<LocalNode> nodes, Question question, int rounds)
    {
        var cohort = Cohort.Parse(Encoding.UTF8.GetBytes(question.Cohort)).Cohort!;
        var parts = nodes.Select(node => (Counting: node.Services.GetRequiredService<Counting>(), node.Services.GetRequiredService<LiveIndex>().View)).ToList();
        var times = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            foreach (var (counting, view) in parts)
            {
                _ = counting.Answer(view!, cohort, BySexAndAge, Purpose);
            }

            times[round] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        return Figures.Quantile(times, 0.5);
    }

    /// <summary>The exact number behind the answers, to hold against the database's.</summary>
    public static long Exact(IReadOnlyList<LocalNode> nodes, Question question) => nodes.Sum(node =>
    {
        var view = node.Services.GetRequiredService<LiveIndex>().View!;
        using var evaluation = new CohortEvaluation(view.Index);
        var operands = evaluation.OperandsOf(Cohort.Parse(Encoding.UTF8.GetBytes(question.Cohort)).Cohort!.Root);
        using var counted = CountedCohort.Of(view.MaskFor(Purpose, Permitted(node)), operands);
        return (long)counted.Count;
    });

    /// <summary>The datasets whose terms permit the benchmark's purpose.</summary>
    public static List<string> Permitted(LocalNode node) =>
        [.. node.Services.GetRequiredService<BiobankSettings>().Datasets
            .Where(d => TermsRules.Decide(d.Terms, Purpose, PermissionRules.DiseaseCovers).Verdict == Verdict.Permit)
            .Select(d => d.Id)];
}
