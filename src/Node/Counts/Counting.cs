using System.Collections.Concurrent;
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
    private const int MostTermsKept = 256;

    private readonly ConcurrentDictionary<string, TermsOfAll> _terms = new();

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
        var axes = breakdown.Select(name => (Name: name, Axis: index.AxisOf(name))).ToList();
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

        var terms = TermsFor(purpose);
        if (terms.Permitted.Count == 0)
        {
            return Without(view, cohort, terms.MayAsk ? CountStates.NeedsDecision : CountStates.Denied, terms.Refusals);
        }

        using var evaluation = new CohortEvaluation(index);
        using var counted = CountedCohort.Of(view.MaskFor(purpose, terms.Permitted), evaluation.OperandsOf(cohort.Root));
        var count = DisclosureRules.Protect(counted.Count, biobank.Preset);
        var withheld = count.Withheld is not null;
        return Without(view, cohort, withheld ? CountStates.Withheld : CountStates.Answered, terms.Refusals) with
        {
            Count = count,
            Breakdown = withheld ? [] : Cells(counted, cohort, [.. axes.Select(a => a.Axis!)]),
            Reasons = withheld
                ? [new("node.below-threshold", $"Fewer than {biobank.Preset.Threshold} participants."), .. terms.Refusals]
                : terms.Refusals,
        };
    }

    /// <summary>What all datasets' terms say of the purpose. They change only with the node's configuration.</summary>
    private TermsOfAll TermsFor(Purpose purpose)
    {
        var key = PurposeRules.KeyOf(purpose);
        return _terms.TryGetValue(key, out var known) ? known : _terms.Count < MostTermsKept ? _terms.GetOrAdd(key, _ => Decide()) : Decide();

        TermsOfAll Decide()
        {
            var decisions = biobank.Datasets.Select(d => (d.Id, Decision: TermsRules.Decide(d.Terms, purpose, PermissionRules.DiseaseCovers))).ToList();
            return new(
                [.. decisions.Where(d => d.Decision.Verdict == Verdict.Permit).Select(d => d.Id)],
                decisions.Exists(d => d.Decision.Verdict == Verdict.Ask),
                [.. decisions.SelectMany(d => d.Decision.Reasons.Select(r => r with { Text = $"{d.Id}: {r.Text}" }))]);
        }
    }

    private List<CountCell> Cells(CountedCohort counted, Cohort cohort, IReadOnlyList<Axis> axes)
    {
        if (axes.Count == 0)
        {
            return [];
        }

        var asked = axes.Select(axis => new Axis(axis.Name, [.. axis.Categories.Where(c => !Excluded(axis.Name, c, cohort.Root))])).ToList();
        var columns = asked[^1];
        if (asked.Count == 1)
        {
            var row = DisclosureRules.Protect([Row(counted, columns)], biobank.Preset)[0];
            return [.. columns.Categories.Select((c, i) => new CountCell(new Dictionary<string, string> { [columns.Name] = c.Key }, row[i]))];
        }

        var rows = asked[0];
        var table = rows.Categories.Select(category =>
        {
            using var part = counted.Where(category.Operands);
            return Row(part, columns);
        }).ToArray();
        var cells = DisclosureRules.Protect(table, biobank.Preset);
        return [.. rows.Categories.SelectMany((row, r) => columns.Categories.Select((column, c) => new CountCell(
            new Dictionary<string, string> { [rows.Name] = row.Key, [columns.Name] = column.Key }, cells[r][c])))];
    }

    private static long[] Row(CountedCohort cohort, Axis axis)
    {
        var row = new long[axis.Categories.Count];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = cohort.CountWhere(axis.Categories[i].Operands);
        }

        return row;
    }

    /// <summary>True for a category that the question itself rules out: nobody can be in it, so it is not listed.</summary>
    private static bool Excluded(string axis, Category category, Criterion root) =>
        (root is All all ? all.Members : [root]).Any(member => (axis, member) switch
        {
            ("sex", SexIs sex) => category.Key != sex.Sex,
            ("age", AgeIn age) => category.Range is not { } band || band.From >= age.To || band.To <= age.From,
            _ => false,
        });

    private CountAnswer Without(ConsentView view, Cohort cohort, string state, IReadOnlyList<Reason> reasons) => new(
        biobank.Id, cohort.Id, state, null, [], reasons, [],
        new(biobank.DataDate, view.Index.LoadedAt, view.Sequence), biobank.Preset.Name, null, 0);

    private sealed record TermsOfAll(IReadOnlyList<string> Permitted, bool MayAsk, IReadOnlyList<Reason> Refusals);
}
