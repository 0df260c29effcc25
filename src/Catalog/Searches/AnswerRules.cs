using System.Collections.Frozen;
using Kakehashi.Catalog.Refreshes;
using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Searches;

/// <summary>
/// What the Catalog believes of a node's answer. A node is another organisation's machine: an answer to another question,
/// a number beside its reason for withholding it, or a cell nobody asked for is no answer at all.
/// </summary>
public static class AnswerRules
{
    public const int MostCells = 20_000;
    public const int MostReasons = 100;
    public const int MostMissing = 256;
    public const int LongestText = 2000;

    /// <summary>The states a node may claim; unreachable and deadline are the Catalog's own words.</summary>
    public static FrozenSet<string> States { get; } = FrozenSet.Create(
        CountStates.Answered,
        CountStates.Withheld,
        CountStates.Denied,
        CountStates.NeedsDecision,
        CountStates.NotHeld,
        CountStates.ConsentStale);

    /// <summary>Null when the answer is one to this question by this node, otherwise what is wrong with it.</summary>
    public static string? WhyNot(CountAnswer answer, string biobank, string cohortId, IReadOnlyList<string> breakdown) => answer switch
    {
        _ when answer.Node != biobank => "It is another node's answer.",
        _ when answer.CohortId != cohortId => "It answers another question.",
        _ when !States.Contains(answer.State) => "Its state is unknown.",
        _ when !IsCountOf(answer) => "Its number does not fit its state.",
        _ when answer.Breakdown.Count > MostCells => "It has too many cells.",
        _ when answer.Breakdown.Count > 0 && (breakdown.Count == 0 || !HasCells(answer.State)) => "It has cells nobody asked for.",
        _ when !answer.Breakdown.All(cell => IsSane(cell, breakdown)) => "A cell makes no sense.",
        _ when answer.Breakdown.DistinctBy(cell => Totals.KeyOf(cell, breakdown)).Count() < answer.Breakdown.Count => "A cell stands there twice.",
        _ when answer.Reasons.Count > MostReasons || !answer.Reasons.All(IsSane) => "A reason makes no sense.",
        _ when answer.Missing.Count > MostMissing || !answer.Missing.All(IsPointer) => "A pointer makes no sense.",
        _ when HasCells(answer.State) && (answer.LedgerIndex is not >= 0 || answer.Freshness is null) => "It does not say what it rests on.",
        _ when answer.Freshness?.ConsentSequence < 0 || !(answer.ElapsedMs >= 0) => "Its figures make no sense.",
        _ when answer.Disclosure is not (null or { Length: > 0 and <= LongestText }) => "Its disclosure preset makes no sense.",
        _ => null,
    };

    private static bool HasCells(string state) => state is CountStates.Answered or CountStates.Withheld;

    private static bool IsCountOf(CountAnswer answer) => answer.State switch
    {
        CountStates.Answered => answer.Count is { Withheld: null } count && CatalogueRules.IsSane(count),
        CountStates.Withheld => answer.Count is null or { Withheld: not null },
        _ => answer.Count is null,
    };

    private static bool IsSane(CountCell cell, IReadOnlyList<string> breakdown) =>
        cell is not null && cell.Keys.Count == breakdown.Count
        && breakdown.All(axis => cell.Keys.TryGetValue(axis, out var category) && category is { Length: > 0 and <= LongestText })
        && CatalogueRules.IsSane(cell.Count);

    private static bool IsSane(Reason reason) =>
        reason is { Code.Length: > 0 and <= LongestText, Text.Length: <= LongestText };

    private static bool IsPointer(string pointer) => pointer is { Length: <= LongestText } and ("" or ['/', ..]);
}
