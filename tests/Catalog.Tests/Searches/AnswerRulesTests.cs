using Kakehashi.Catalog.Searches;
using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Tests.Searches;

public sealed class AnswerRulesTests
{
    private static readonly string[] Axes = ["sex"];

    private static readonly CountAnswer Good = new(
        "bbj",
        "c0",
        CountStates.Answered,
        ProtectedCount.Released(120),
        [Cell("female", ProtectedCount.Released(60)), Cell("male", ProtectedCount.Because(WithheldReasons.BelowThreshold))],
        [],
        ["/all/0"],
        new(new(2026, 4, 1), DateTimeOffset.UnixEpoch, 3),
        "standard",
        5,
        1);

    public static TheoryData<string, CountAnswer> Believed => new()
    {
        { "as agreed", Good },
        { "withheld", Good with { State = CountStates.Withheld, Count = ProtectedCount.Because(WithheldReasons.BelowThreshold) } },
        { "denied", Good with { State = CountStates.Denied, Count = null, Breakdown = [], Freshness = null, LedgerIndex = null } },
        { "stale", Good with { State = CountStates.ConsentStale, Count = null, Breakdown = [], LedgerIndex = null } },
    };

    [Theory]
    [MemberData(nameof(Believed))]
    public void An_answer_to_this_question_is_believed(string what, CountAnswer answer) =>
        Assert.True(AnswerRules.WhyNot(answer, "bbj", "c0", Axes) is null, what);

    public static TheoryData<string, CountAnswer> NotBelieved => new()
    {
        { "another node", Good with { Node = "tommo" } },
        { "another question", Good with { CohortId = "c1" } },
        { "unknown state", Good with { State = "maybe" } },
        { "the Catalog's own word", Good with { State = CountStates.Unreachable, Count = null, Breakdown = [] } },
        { "answered without a number", Good with { Count = null } },
        { "answered and withheld", Good with { Count = ProtectedCount.Because("why") } },
        { "withheld with a number", Good with { State = CountStates.Withheld } },
        { "denied with a number", Good with { State = CountStates.Denied, Breakdown = [] } },
        { "denied with cells", Good with { State = CountStates.Denied, Count = null } },
        { "negative", Good with { Count = ProtectedCount.Released(-1) } },
        { "more people than there are", Good with { Count = ProtectedCount.Released(long.MaxValue) } },
        { "a cell twice", Good with { Breakdown = [Good.Breakdown[0], Good.Breakdown[0]] } },
        { "a null cell", Good with { Breakdown = [null!] } },
        { "a negative cell", Good with { Breakdown = [Cell("female", ProtectedCount.Released(-1))] } },
        { "a cell of another axis", Good with { Breakdown = [new(new Dictionary<string, string> { ["age"] = "30" }, ProtectedCount.Released(1))] } },
        { "a cell with a null key", Good with { Breakdown = [Cell(null!, ProtectedCount.Released(1))] } },
        { "a null reason", Good with { Reasons = [null!] } },
        { "a novel", Good with { Reasons = [new("code", new('x', 100_000))] } },
        { "a pointer to nowhere", Good with { Missing = ["all"] } },
        { "a null pointer", Good with { Missing = [null!] } },
        { "no ledger", Good with { LedgerIndex = null } },
        { "no freshness", Good with { Freshness = null } },
        { "negative consent", Good with { Freshness = Good.Freshness! with { ConsentSequence = -1 } } },
        { "time runs backwards", Good with { ElapsedMs = -1 } },
    };

    [Theory]
    [MemberData(nameof(NotBelieved))]
    public void Anything_else_is_not_believed(string what, CountAnswer answer) =>
        Assert.True(AnswerRules.WhyNot(answer, "bbj", "c0", Axes) is not null, what);

    [Fact]
    public void Cells_nobody_asked_for_are_not_believed() => Assert.NotNull(AnswerRules.WhyNot(Good, "bbj", "c0", []));

    private static CountCell Cell(string sex, ProtectedCount count) => new(new Dictionary<string, string> { ["sex"] = sex }, count);
}
