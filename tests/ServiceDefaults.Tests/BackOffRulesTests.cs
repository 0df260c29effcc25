using FsCheck;
using FsCheck.Fluent;

namespace Kakehashi.ServiceDefaults.Tests;

public sealed class BackOffRulesTests
{
    [Fact]
    public void Without_a_failure_nobody_waits() => Assert.Equal(TimeSpan.Zero, BackOffRules.Delay(0, 0.5));

    [Fact]
    public void After_a_failure_the_wait_is_never_too_short_and_never_too_long() => Prop.ForAll(Failures(), Jitter(), (failures, jitter) =>
        Assert.InRange(BackOffRules.Delay(failures, jitter), BackOffRules.Shortest, BackOffRules.Longest)).QuickCheckThrowOnFailure();

    [Fact]
    public void More_failures_never_mean_a_shorter_wait() => Prop.ForAll(Failures(), Jitter(), (failures, jitter) =>
        Assert.True(BackOffRules.Delay(failures, jitter) <= BackOffRules.Delay(failures + 1, jitter))).QuickCheckThrowOnFailure();

    [Fact]
    public void Those_that_fail_together_spread_over_the_whole_wait()
    {
        Assert.Equal(BackOffRules.Shortest, BackOffRules.Delay(50, 0));
        Assert.Equal(BackOffRules.Longest, BackOffRules.Delay(50, 1));
    }

    private static Arbitrary<int> Failures() => Gen.Choose(1, 10_000).ToArbitrary();

    private static Arbitrary<double> Jitter() => Gen.Choose(0, 999).Select(thousandths => thousandths / 1000.0).ToArbitrary();
}
