using Kakehashi.Contracts;
using Kakehashi.Node.Consents;

namespace Kakehashi.Node.Tests.Consents;

public sealed class ConsentReplicaTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("kakehashi-").FullName, "changes.jsonl");
    private readonly SteppedClock _clock = new();

    [Fact]
    public void Changes_survive_a_restart()
    {
        using (var replica = Open())
        {
            replica.Apply(new(0, [Change(1), Change(2)], 2));
        }

        using var again = Open();

        Assert.Equal(2, again.Applied);
        Assert.Equal([new ParticipantRef(1), new ParticipantRef(2)], again.Withdrawn.Order());
        Assert.False(again.IsFresh(Limit)); // it has not heard whether there is more
    }

    [Fact]
    public void Changes_after_a_gap_are_not_applied_and_do_not_count_as_word_from_consent()
    {
        using var replica = Open();

        replica.Apply(new(1, [Change(2)], 2));

        Assert.Equal(0, replica.Applied);
        Assert.Empty(replica.Withdrawn);
        Assert.False(replica.IsFresh(Limit));
    }

    [Fact]
    public void Changes_seen_before_are_applied_once()
    {
        using (var replica = Open())
        {
            replica.Apply(new(0, [Change(1)], 1));
            replica.Apply(new(0, [Change(1), Change(2)], 2));
            Assert.Equal(2, replica.Applied);
        }

        Assert.Equal(2, File.ReadAllLines(_path).Length);
    }

    [Fact]
    public void Without_word_from_consent_the_replica_is_stale()
    {
        using var replica = Open();
        replica.Apply(new(0, [], 0));
        Assert.True(replica.IsFresh(Limit));

        _clock.Advance(Limit + TimeSpan.FromMilliseconds(1));

        Assert.False(replica.IsFresh(Limit));
    }

    [Fact]
    public void Word_of_more_changes_than_were_sent_is_not_fresh()
    {
        using var replica = Open();

        replica.Apply(new(0, [Change(1)], Head: 3));

        Assert.Equal(1, replica.Applied);
        Assert.False(replica.IsFresh(Limit));
    }

    [Fact]
    public void A_line_cut_off_by_a_crash_was_never_acknowledged_and_is_dropped()
    {
        using (var replica = Open())
        {
            replica.Apply(new(0, [Change(1), Change(2)], 2));
        }

        var bytes = File.ReadAllBytes(_path);
        for (var cut = 1; cut < bytes.Length / 2; cut++)
        {
            File.WriteAllBytes(_path, bytes[..^cut]);
            using var replica = Open();
            Assert.Equal(1, replica.Applied);
        }
    }

    private ConsentReplica Open() => new(_path, _clock);

    private static ConsentChange Change(long sequence) => new(sequence, new((UInt128)sequence), "withdrawn", DateTimeOffset.UnixEpoch);

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
