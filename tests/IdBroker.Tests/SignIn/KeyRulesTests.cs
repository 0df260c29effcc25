using FsCheck;
using FsCheck.Fluent;
using Kakehashi.IdBroker.SignIn.Keys;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class KeyRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    // Keys at distinct seconds, a moment at which a token is signed, and how old it is when it is verified.
    private static readonly Arbitrary<(List<KeyTerm> Terms, DateTimeOffset Signed, int Age)> Histories =
        (from gaps in Gen.Choose(5, 2000).NonEmptyListOf()
         from signed in Gen.Choose(0, 10_000)
         from age in Gen.Choose(0, (int)KeyRules.LongestToken.TotalSeconds)
         select (TermsAt(gaps), Start.AddSeconds(signed), age)).ToArbitrary();

    [Fact]
    public void A_token_can_be_verified_until_it_expires() => Prop.ForAll(Histories, history =>
        KeyRules.Published(history.Terms, history.Signed.AddSeconds(history.Age)).Contains(KeyRules.Active(history.Terms, history.Signed)!))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void A_key_is_published_before_it_signs() => Prop.ForAll(Histories, history =>
        history.Terms.Where(term => term.SignsFrom > history.Signed).All(KeyRules.Published(history.Terms, history.Signed).Contains))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void A_key_replaced_long_ago_is_not_published() => Prop.ForAll(Histories, history =>
    {
        var after = history.Terms.Max(term => term.SignsFrom) + KeyRules.LongestToken + TimeSpan.FromMinutes(1);
        return KeyRules.Published(history.Terms, after).Count == 1;
    }).QuickCheckThrowOnFailure();

    private static List<KeyTerm> TermsAt(IList<int> gaps)
    {
        var (at, terms) = (Start, new List<KeyTerm> { new("0", Start) });
        foreach (var gap in gaps)
        {
            at = at.AddSeconds(gap);
            terms.Add(new($"{terms.Count}", at));
        }

        return terms;
    }
}
