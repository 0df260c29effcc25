using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Consent.Replications;
using Kakehashi.Contracts;

namespace Kakehashi.Consent.Tests.Replications;

public sealed class ReplicationRulesTests
{
    [Theory]
    [InlineData(null, Next.Pause)]
    [InlineData(-1L, Next.Pause)]
    [InlineData(0L, Next.Send)]
    [InlineData(3L, Next.Pause)]
    [InlineData(4L, Next.Send)]
    [InlineData(5L, Next.Send)]
    [InlineData(9L, Next.Rest)]
    [InlineData(10L, Next.Alarm)]
    public void After_changes_4_and_5_of_9(long? applied, Next expected) =>
        Assert.Equal(expected, ReplicationRules.After(Batch(3, 5, 9), applied));

    [Fact]
    public void A_node_that_has_everything_rests() => Assert.Equal(Next.Rest, ReplicationRules.After(Batch(9, 9, 9), 9));

    /// <summary>
    /// A node that loses answers and is restored from old copies at will has, at the end of its troubles, every change once and
    /// in order, and never a gap before that.
    /// </summary>
    [Fact]
    public void Whatever_happens_to_a_node_it_ends_with_every_change_once_and_in_order() => Prop.ForAll(
        Gen.Choose(0, 40).ToArbitrary(),
        Gen.Choose(1, 7).ToArbitrary(),
        Gen.Choose(-1, 45).ListOf().ToArbitrary(),
        (head, batch, troubles) => EndsComplete(head, batch, new(troubles))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_pause_grows_and_stays_below_the_longest() => Prop.ForAll<PositiveInt, PositiveInt>((failures, seconds) =>
    {
        var longest = TimeSpan.FromSeconds(seconds.Get);
        var pause = ReplicationRules.Pause(failures.Get, longest);
        return pause > TimeSpan.Zero && pause <= longest && pause <= ReplicationRules.Pause(failures.Get + 1, longest);
    }).QuickCheckThrowOnFailure();

    /// <param name="troubles">One for each round: -1 loses the answer, another number is where a backup puts the node back to.</param>
    private static bool EndsComplete(int head, int batch, Queue<int> troubles)
    {
        List<long> node = [];
        long after = 0;
        for (var round = 0; round < 1000; round++)
        {
            var trouble = troubles.TryDequeue(out var next) ? next : int.MaxValue;
            var sent = Batch(after, Math.Min(after + batch, head), head);
            node = trouble >= 0 ? [.. node.Take(trouble)] : node;
            if (sent.After <= node.Count)
            {
                node.AddRange(sent.Changes.Select(c => c.Sequence).Where(s => s > node.Count).ToArray());
            }

            if (!node.SequenceEqual(Enumerable.Range(1, node.Count).Select(i => (long)i)))
            {
                return false;
            }

            long? applied = trouble == -1 ? null : node.Count;
            after = applied ?? after;
            if (ReplicationRules.After(sent, applied) is Next.Rest && troubles.Count == 0)
            {
                return node.Count == head;
            }
        }

        return false;
    }

    private static ConsentChanges Batch(long after, long to, long head) => new(
        after,
        [.. Enumerable.Range(1, (int)(to - after)).Select(i => new ConsentChange(after + i, default, "withdrawn", default))],
        head);
}
