using Kakehashi.Cohorts;
using Kakehashi.Contracts;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Disclosure;
using Kakehashi.Node.Index;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node.Counts;

/// <summary>One question against one view of index and consents: coverage, terms, consent, count, disclosure control.</summary>
public sealed class Counting(BiobankSettings biobank, LiveIndex live, ConsentReplica replica, IOptions<NodeOptions> options)
{
    /// <summary>The view to answer from; null while the first load runs.</summary>
    public ConsentView? Open() => live.View;

    public CountAnswer Answer(ConsentView view, Cohort cohort, IReadOnlyList<string> breakdown, Purpose purpose)
    {
        var index = view.Index;
        if (!replica.IsFresh(options.Value.ConsentFreshness))
        {
            return Without(view, cohort, CountStates.ConsentStale, [new("node.consent-stale", "The node has not heard from the consent service lately and cannot know who has withdrawn.")]);
        }

        var missing = Coverage.Missing(index, cohort, biobank.Preset.Threshold);
        var axes = breakdown.Select(name => (Name: name, Axis: Axis.Of(name, index))).ToList();
        if (missing.Count > 0 || axes.Exists(a => a.Axis is null))
        {
            return Without(view, cohort, CountStates.NotHeld, [
                .. missing.Select(m => m.Why),
                .. axes.Where(a => a.Axis is null).Select(a => new Reason("node.not-held", $"The biobank cannot break a count down by {a.Name}."))])
                with
            {
                Missing = [.. missing.Select(m => m.Leaf.Pointer)],
            };
        }

        var decisions = biobank.Datasets.Select(d => (d.Id, Decision: TermsRules.Decide(d.Terms, purpose, PermissionRules.DiseaseCovers))).ToList();
        var permitted = decisions.Where(d => d.Decision.Verdict == Verdict.Permit).Select(d => d.Id).ToList();
        var refusals = decisions.SelectMany(d => d.Decision.Reasons.Select(r => r with { Text = $"{d.Id}: {r.Text}" })).ToList();
        if (permitted.Count == 0)
        {
            var state = decisions.Exists(d => d.Decision.Verdict == Verdict.Ask) ? CountStates.NeedsDecision : CountStates.Denied;
            return Without(view, cohort, state, refusals);
        }

        using var evaluation = new CohortEvaluation(index);
        var counted = CountedCohort.Of(view.MaskFor(purpose, permitted), evaluation.OperandsOf(cohort.Root));
        var count = DisclosureRules.Protect(counted.Count, biobank.Preset);
        var withheld = count.Withheld is not null;
        return Without(view, cohort, withheld ? CountStates.Withheld : CountStates.Answered, refusals) with
        {
            Count = count,
            Breakdown = withheld ? [] : Cells(counted, cohort, [.. axes.Select(a => a.Axis!)]),
            Reasons = withheld
                ? [new("node.below-threshold", $"Fewer than {biobank.Preset.Threshold} participants."), .. refusals]
                : refusals,
        };
    }

    private List<CountCell> Cells(CountedCohort counted, Cohort cohort, IReadOnlyList<Axis> axes)
    {
        if (axes.Count == 0)
        {
            return [];
        }

        // A breakdown by one variable is a table of one row.
        var asked = axes.Select(axis => new Axis(axis.Name, [.. axis.Categories.Where(c => !Excluded(axis.Name, c.Key, cohort.Root))])).ToList();
        var columns = asked[^1];
        var rows = asked.Count == 1
            ? [(Keys: [], Cohort: counted)]
            : asked[0].Categories.Select(c => (Keys: new[] { (asked[0].Name, c.Key) }, Cohort: counted.Where(c.Operands))).ToList();
        var table = rows.Select(row => columns.Categories.Select(c => (long)row.Cohort.CountWhere(c.Operands)).ToArray()).ToArray();
        var cells = DisclosureRules.Protect(table, biobank.Preset);
        return [.. rows.SelectMany((row, r) => columns.Categories.Select((column, c) => new CountCell(
            row.Keys.Append((columns.Name, column.Key)).ToDictionary(k => k.Item1, k => k.Item2), cells[r][c])))];
    }

    /// <summary>True for a category that the question itself rules out: nobody can be in it, so it is not listed.</summary>
    private static bool Excluded(string axis, string key, Criterion root) => (root is All all ? all.Members : [root]).Any(member => (axis, member) switch
    {
        ("sex", SexIs sex) => key != sex.Sex,
        ("age", AgeIn age) => key == "unknown" || !Axis.AgeBandMeets(key, age.From, age.To),
        _ => false,
    });

    private CountAnswer Without(ConsentView view, Cohort cohort, string state, IReadOnlyList<Reason> reasons) => new(
        biobank.Id, cohort.Id, state, null, [], reasons, [],
        new(biobank.DataDate, view.Index.LoadedAt, view.Sequence), biobank.Preset.Name, null, 0);
}
