using FsCheck;
using FsCheck.Fluent;
using Kakehashi.IdBroker.SignIn.Accounts;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

public sealed class GuessRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly GuessKind[] Kinds = Enum.GetValues<GuessKind>();

    // A rule, and the seconds between one guess and the next.
    private static readonly Arbitrary<(GuessRule Rule, List<int> Gaps)> Attempts =
        (from atOnce in Gen.Choose(1, 10)
         from every in Gen.Choose(1, 600)
         from gaps in Gen.Choose(0, 900).NonEmptyListOf()
         select (new GuessRule(atOnce, TimeSpan.FromSeconds(every)), gaps.ToList())).ToArbitrary();

    private static readonly Gen<GuessPlace> Strangers =
        from network in Gen.Choose(0, 5000)
        select new GuessPlace($"198.{network / 256}.{network % 256}.0/24", false, null);

    [Fact]
    public void However_guesses_are_spaced_no_more_come_through_than_the_rule_says() => Prop.ForAll(Attempts, attempt =>
    {
        var allowed = Run(attempt.Rule, attempt.Gaps).Where(guess => guess.Allowed).Select(guess => guess.At).ToList();
        return allowed.All(from => allowed.Count(at => at >= from && at - from < TimeSpan.FromHours(1)) <= attempt.Rule.MostIn(TimeSpan.FromHours(1)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whoever_waits_as_long_as_told_may_guess_and_not_a_second_before() => Prop.ForAll(Attempts, attempt =>
    {
        var (_, refused, fullAt) = Run(attempt.Rule, attempt.Gaps).Select(guess => (guess.At, guess.Wait, guess.FullAt)).Last();
        var now = Run(attempt.Rule, attempt.Gaps)[^1].At;
        return refused is not { } wait
            || (GuessRules.Take(attempt.Rule, fullAt, now + wait).Wait is null
                && GuessRules.Take(attempt.Rule, fullAt, now + wait - TimeSpan.FromSeconds(1)).Wait is not null);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_right_guess_leaves_the_bucket_as_it_was() => Prop.ForAll(Attempts, attempt =>
        Run(attempt.Rule, attempt.Gaps) is var guesses && guesses.All(guess =>
        {
            var (after, wait) = GuessRules.Take(attempt.Rule, guess.FullAt, guess.At);
            var before = guess.FullAt > guess.At ? guess.FullAt : guess.At;
            return wait is not null || GuessRules.GiveBack(attempt.Rule, after) == before;
        })).QuickCheckThrowOnFailure();

    [Fact]
    public void All_strangers_together_get_no_more_than_one() => Prop.ForAll(
        Strangers.NonEmptyListOf().ToArbitrary(),
        Gen.Elements(Kinds).ToArbitrary(),
        (places, kind) => places
            .SelectMany(place => GuessRules.BucketsOf(kind, "ito", place).Where(bucket => bucket.Rule == GuessRules.FromStrangers(kind)))
            .Select(bucket => bucket.Key)
            .Distinct()
            .Count() == 1).QuickCheckThrowOnFailure();

    [Fact]
    public void No_stranger_draws_from_the_bucket_of_a_browser_the_owner_uses() => Prop.ForAll(
        Strangers.ToArbitrary(),
        Gen.Elements(Kinds).ToArbitrary(),
        (stranger, kind) =>
        {
            var owner = GuessRules.BucketsOf(kind, "ito", stranger with { KnownBrowser = "0A" }).Select(bucket => bucket.Key);
            var others = GuessRules.BucketsOf(kind, "ito", stranger).Concat(GuessRules.BucketsOf(kind, "mori", stranger with { KnownBrowser = "0A" }));
            return !owner.Intersect(others.Select(bucket => bucket.Key)).Any();
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(GuessKind.Password, 30)]
    [InlineData(GuessKind.OneTimeCode, 7)]
    [InlineData(GuessKind.UserCode, 30)]
    public void A_guesser_with_all_the_worlds_networks_gets_this_many_guesses_in_the_first_hour(GuessKind kind, int most)
    {
        var (buckets, allowed) = (new Dictionary<string, DateTimeOffset>(), 0);
        for (var second = 0; second < 3600; second++)
        {
            var now = Start.AddSeconds(second);
            var place = new GuessPlace($"10.{second / 256}.{second % 256}.0/24", false, null);
            var taken = GuessRules.BucketsOf(kind, "ito", place)
                .Select(bucket => (bucket.Key, Result: GuessRules.Take(bucket.Rule, buckets.GetValueOrDefault(bucket.Key, now), now)))
                .ToList();
            if (taken.TrueForAll(bucket => bucket.Result.Wait is null))
            {
                allowed++;
                taken.ForEach(bucket => buckets[bucket.Key] = bucket.Result.FullAt);
            }
        }

        Assert.InRange(allowed, 1, most);
    }

    private static List<(DateTimeOffset At, bool Allowed, TimeSpan? Wait, DateTimeOffset FullAt)> Run(GuessRule rule, List<int> gaps)
    {
        var (now, fullAt, guesses) = (Start, Start, new List<(DateTimeOffset, bool, TimeSpan?, DateTimeOffset)>());
        foreach (var gap in gaps)
        {
            now = now.AddSeconds(gap);
            var (after, wait) = GuessRules.Take(rule, fullAt, now);
            fullAt = after;
            guesses.Add((now, wait is null, wait, fullAt));
        }

        return guesses;
    }
}
