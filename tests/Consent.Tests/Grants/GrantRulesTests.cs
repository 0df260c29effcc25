using System.Security.Claims;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Consent.Grants;
using Kakehashi.Contracts;

namespace Kakehashi.Consent.Tests.Grants;

public sealed class GrantRulesTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void A_grant_is_live_exactly_from_its_beginning_to_its_end_unless_revoked() => Prop.ForAll(
        Gen.Choose(0, 6).ToArbitrary(),
        Gen.Choose(1, 6).ToArbitrary(),
        Gen.Choose(-1, 12).ToArbitrary(),
        (from, length, revoked) => Enumerable.Range(0, 14).All(now =>
            (GrantRules.StateOf(At(from), At(from + length), revoked < 0 ? null : At(revoked), At(now)) == "live")
            == (now >= from && now < from + length && (revoked < 0 || now < revoked)))).QuickCheckThrowOnFailure();

    [Fact]
    public void Whoever_stands_on_either_side_of_a_grant_does_not_decide_it() => Prop.ForAll<bool, bool, NonNegativeInt>((isGrantee, isMember, others) =>
    {
        var caller = new ClaimsPrincipal(new ClaimsIdentity(isMember ? [new Claim(TokenClaims.Projects, "sugar")] : []));
        var people = Enumerable.Range(0, others.Get % 5).Select(i => $"other-{i}").Concat(isGrantee ? ["me"] : []);
        return GrantRules.IsOwn(caller, "me", "sugar", people) == (isGrantee || isMember);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(Roles.DacChair, true, true)]
    [InlineData(Roles.Steward, false, true)]
    [InlineData(Roles.Operator, false, false)]
    [InlineData(Roles.Researcher, false, false)]
    public void A_role_reaches_as_far_as_it_says(string role, bool decides, bool sees)
    {
        var caller = new ClaimsPrincipal(new ClaimsIdentity([new(TokenClaims.Roles, role), new(TokenClaims.BiobankRoles, $"{role}:bbj")]));

        Assert.Equal(decides, GrantRules.ChairsOf(caller).Contains("bbj"));
        Assert.Equal(sees, GrantRules.OverseenBy(caller).Contains("bbj"));
        Assert.DoesNotContain("tommo", GrantRules.OverseenBy(caller));
    }

    [Fact]
    public void Who_is_steward_of_one_biobank_and_chairs_at_another_does_not_chair_at_both()
    {
        var caller = new ClaimsPrincipal(new ClaimsIdentity(
        [
            new(TokenClaims.Roles, Roles.Steward), new(TokenClaims.Roles, Roles.DacChair),
            new(TokenClaims.BiobankRoles, "steward:bbj"), new(TokenClaims.BiobankRoles, "dac-chair:tommo"),
        ]));

        Assert.Equal(["tommo"], GrantRules.ChairsOf(caller));
        Assert.Equal(["bbj", "tommo"], GrantRules.OverseenBy(caller).Order());
    }

    private static DateTimeOffset At(int hours) => Start.AddHours(hours);
}
