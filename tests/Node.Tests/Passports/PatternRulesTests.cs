using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Node.Passports;

namespace Kakehashi.Node.Tests.Passports;

public sealed class PatternRulesTests
{
    [Fact]
    public void A_pattern_matches_what_trying_every_way_matches() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(20_000),
        Prop.ForAll(
            TextOf("ab.?*").ToArbitrary(),
            TextOf("ab.*").ToArbitrary(),
            (pattern, text) => PatternRules.Matches(pattern, text) == Naive(pattern, text)));

    [Fact]
    public void Every_text_matches_itself_as_a_constant_and_an_asterisk_matches_everything() => Prop.ForAll<string>(text =>
        PatternRules.IsMet($"const:{text}", text ?? "") && PatternRules.IsMet("pattern:*", text ?? "")).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("const:a*", "ab", false)]
    [InlineData("pattern:a*", "ab", true)]
    [InlineData("pattern:a;b", "a;b", true)]
    [InlineData("split_pattern:b?", "a;bc", true)]
    [InlineData("split_pattern:a;bc", "a;bc", false)] // parts have no semicolon
    [InlineData("split_pattern:", "a;;b", true)]
    [InlineData("regex:.*", "ab", false)]
    [InlineData("Const:ab", "ab", false)]
    [InlineData("ab", "ab", false)]
    [InlineData("", "", false)]
    public void A_prefix_says_how_to_compare(string expectation, string value, bool met) =>
        Assert.Equal(met, PatternRules.IsMet(expectation, value));

    private static Gen<string> TextOf(string letters) =>
        Gen.Sized(size => Gen.Elements(letters.ToCharArray()).ListOf(Math.Min(size, 9))).Select(list => string.Concat(list));

    private static bool Naive(string pattern, string text) => pattern switch
    {
        "" => text.Length == 0,
        _ when pattern[0] == '*' => Naive(pattern[1..], text) || (text.Length > 0 && Naive(pattern, text[1..])),
        _ => text.Length > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && Naive(pattern[1..], text[1..]),
    };
}
