using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Catalog.Searches;
using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Tests.Searches;

public sealed class TotalsTests
{
    private static readonly string[] Axes = ["sex", "age"];

    private static readonly Gen<ProtectedCount> Counts = Gen.OneOf(
        Gen.Choose(0, 500).Select(n => ProtectedCount.Released(10 * n)),
        Gen.Elements(WithheldReasons.BelowThreshold, WithheldReasons.Complementary).Select(ProtectedCount.Because));

    private static readonly Gen<NodeAnswer> Nodes =
        from state in Gen.Elements(CountStates.Answered, CountStates.Withheld, CountStates.Denied, CountStates.Deadline)
        from count in Counts
        from cells in Cells
        select new NodeAnswer(
            "n", "N", "N", "c", state, state == CountStates.Answered && count.Withheld is null ? count : null, cells, [], [], null, null, null, null, 1);

    private static Gen<CountCell[]> Cells =>
        from keys in Gen.SubListOf(["female/30-40", "female/40-50", "male/30-40", "male/40-50"])
        from counts in Gen.ArrayOf(Counts, 4)
        select keys.Zip(counts, (key, count) => new CountCell(
            new Dictionary<string, string> { ["sex"] = key.Split('/')[0], ["age"] = key.Split('/')[1] }, count)).ToArray();

    [Fact]
    public void A_total_is_the_sum_of_released_numbers_and_says_over_how_many_nodes() => ForAllAnswers(nodes =>
    {
        var released = nodes.Where(n => n.Count is { Withheld: null }).ToList();
        var total = Totals.Of(nodes);
        return total.Answered == released.Count && total.Asked == nodes.Length && total.Complete == (released.Count == nodes.Length)
            && total.Value == (released.Count == 0 ? null : released.Sum(n => n.Count!.Value.Value));
    });

    [Fact]
    public void A_cell_is_the_sum_over_the_nodes_that_released_it() => ForAllAnswers(nodes =>
        Totals.Cells(nodes, Axes).All(cell =>
        {
            var released = nodes.SelectMany(n => n.Breakdown).Where(c => Same(c.Keys, cell.Keys) && c.Count.Withheld is null).ToList();
            return cell.Nodes == released.Count && cell.Value == (released.Count == 0 ? null : released.Sum(c => c.Count.Value));
        }));

    [Fact]
    public void Every_cell_some_node_named_is_there_once() => ForAllAnswers(nodes =>
    {
        var named = nodes.SelectMany(n => n.Breakdown).Select(c => $"{c.Keys["sex"]}/{c.Keys["age"]}").ToHashSet();
        var summed = Totals.Cells(nodes, Axes).Select(c => $"{c.Keys["sex"]}/{c.Keys["age"]}").ToList();
        return summed.Count == named.Count && named.SetEquals(summed);
    });

    [Fact]
    public void The_order_in_which_nodes_answer_changes_no_number() => ForAllAnswers(nodes =>
    {
        NodeAnswer[] reversed = [.. nodes.Reverse()];
        return Totals.Of(nodes) == Totals.Of(reversed)
            && Totals.Cells(nodes, Axes).All(c => Totals.Cells(reversed, Axes).Any(r => Same(r.Keys, c.Keys) && r.Value == c.Value && r.Nodes == c.Nodes));
    });

    private static bool Same(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        Axes.All(axis => a[axis] == b[axis]);

    private static void ForAllAnswers(Func<NodeAnswer[], bool> holds) =>
        Prop.ForAll(Gen.ArrayOf(Nodes).ToArbitrary(), holds).QuickCheckThrowOnFailure();
}
