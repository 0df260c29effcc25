using System.Collections.Frozen;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.Metering.Batches;

/// <summary>What an entry must be to enter the log: the closed usage event of its own node, every member within bounds.</summary>
public static class EventRules
{
    private const int LongestText = 200;
    private const int MostDiseases = 100;
    private const int MostVariables = 1000;
    private const int MostCells = 1_000_000;
    private const double LongestMs = 24 * 60 * 60 * 1000;

    /// <summary>Platform JSON, but member names to the letter: two spellings of one event would be two leaves.</summary>
    private static readonly JsonSerializerOptions Json = new(ServiceDefaultsExtensions.Json) { PropertyNameCaseInsensitive = false };

    private static readonly DateTimeOffset Earliest = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

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
        ("eventId is a UUIDv7", e => e.EventId.Version == 7),
        ("at is in UTC, from 2020 and before 2100", e => e.At.Offset == TimeSpan.Zero && e.At >= Earliest && e.At < Latest),
        ("kind is count", e => e.Kind == "count"),
        ("issuer is text of 1 to 200 characters", e => IsText(e.Issuer)),
        ("subject is text of 1 to 200 characters", e => IsText(e.Subject)),
        ("organisation is absent or text of 1 to 200 characters", e => e.Organisation is null || IsText(e.Organisation)),
        ("project is absent or text of 1 to 200 characters", e => e.Project is null || IsText(e.Project)),
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

    /// <summary>The event, or null and the rule that it breaks.</summary>
    public static UsageEvent? Read(byte[]? leaf, string node, out string? broken)
    {
        var entry = leaf is { Length: > 0 and <= LedgerFile.LargestEntry } ? Parse(leaf) : null;
        broken = entry switch
        {
            null => "an entry is the JSON of one usage event, with all its members and no others",
            _ when entry.Node != node => "node is the node that delivers",
            _ => Bounds.FirstOrDefault(bound => !bound.Holds(entry)).Rule,
        };
        return broken is null ? entry : null;
    }

    /// <summary>An entry that passed <see cref="Read"/> before it was stored.</summary>
    public static UsageEvent ReadStored(byte[] leaf) => JsonSerializer.Deserialize<UsageEvent>(leaf, Json)!;

    /// <summary>Whether PostgreSQL and a log line can hold it: no control characters, NUL above all.</summary>
    public static bool IsText(string? text) => text is { Length: > 0 and <= LongestText } && !text.Any(char.IsControl);

    private static bool AreTexts(IReadOnlyList<string> texts, int most) => texts.Count <= most && texts.All(IsText);

    private static UsageEvent? Parse(byte[] leaf)
    {
        try
        {
            return JsonSerializer.Deserialize<UsageEvent>(leaf, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
