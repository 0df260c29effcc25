using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Node.Tunnels;

namespace Kakehashi.Node.Tests.Tunnels;

public sealed class RenewalRulesTests
{
    [Fact]
    public void The_next_tunnel_opens_well_before_this_one_is_too_old() => Prop.ForAll(Seconds(), Jitter(), (seconds, jitter) =>
    {
        var age = TimeSpan.FromSeconds(seconds);
        Assert.InRange(RenewalRules.RenewAfter(age, jitter), age * 0.8, age * 0.9);
    }).QuickCheckThrowOnFailure();

    private static Arbitrary<int> Seconds() => Gen.Choose(1, 10_000).ToArbitrary();

    private static Arbitrary<double> Jitter() => Gen.Choose(0, 999).Select(thousandths => thousandths / 1000.0).ToArbitrary();
}
