using System.Collections.Frozen;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Deliveries;

namespace Kakehashi.Metering.Batches;

/// <summary>What a node's usage event must be. Pure.</summary>
public static class UsageEventRules
{
    private const int MostDiseases = 100;
    private const int MostVariables = 1000;
    private const int MostCells = 1_000_000;
    private const double LongestMs = 24 * 60 * 60 * 1000;

    /// <summary>How a question can end at a node. (Unreachable and deadline are the Catalog's words: no node says them of itself.)</summary>
    public static readonly FrozenSet<string> Outcomes = FrozenSet.Create(
        StringComparer.Ordinal,
        CountStates.Answered,
        CountStates.Withheld,
        CountStates.Denied,
        CountStates.NeedsDecision,
        CountStates.NotHeld,
        CountStates.ConsentStale);

    private static readonly (string Rule, Func<UsageEvent, bool> Holds)[] Bounds =
    [
        ("version is 1", e => e.Version == 1),
        ("eventId is a UUIDv7", e => LedgerFields.IsId(e.EventId)),
        ("at is in UTC, from 2020 and before 2100", e => LedgerFields.IsTime(e.At)),
        ("kind is count", e => e.Kind == "count"),
        ("issuer is text of 1 to 200 characters", e => LedgerFields.IsText(e.Issuer)),
        ("subject is text of 1 to 200 characters", e => LedgerFields.IsText(e.Subject)),
        ("organisation is absent or text of 1 to 200 characters", e => e.Organisation is null || LedgerFields.IsText(e.Organisation)),
        ("project is absent or text of 1 to 200 characters", e => e.Project is null || LedgerFields.IsText(e.Project)),
        ("purpose.use is a research use", e => Enum.IsDefined(e.Purpose.Use)),
        ("purpose.diseases are at most 100 texts", e => AreTexts(e.Purpose.Diseases, MostDiseases)),
        ("purpose.country is two capital letters", e => e.Purpose.Country is { Length: 2 } c && c.All(char.IsAsciiLetterUpper)),
        ("cohortId is 64 lower-case hexadecimal digits", e => e.CohortId.Length == 64 && e.CohortId.All(char.IsAsciiHexDigitLower)),
        ("variables are at most 1000 texts", e => AreTexts(e.Variables, MostVariables)),
        ("outcome is a state of a count", e => Outcomes.Contains(e.Outcome)),
        ("cellsReleased is from 0 to 1000000", e => e.CellsReleased is >= 0 and <= MostCells),
        ("consentSequence is not negative", e => e.ConsentSequence >= 0),
        ("durationMs is from 0 to one day", e => e.DurationMs is >= 0 and <= LongestMs),
    ];

    /// <summary>The rule that the event breaks; null when it keeps all.</summary>
    public static string? WhyNot(UsageEvent entry) => Array.Find(Bounds, bound => !bound.Holds(entry)).Rule;

    private static bool AreTexts(IReadOnlyList<string> texts, int most) => texts.Count <= most && texts.All(text => LedgerFields.IsText(text));
}
