using System.Text.RegularExpressions;

namespace Kakehashi.ServiceDefaults.Deliveries;

/// <summary>Bounds that members of every ledger event keep. Pure.</summary>
public static partial class LedgerFields
{
    private const int LongestText = 200;

    private static readonly DateTimeOffset Earliest = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether PostgreSQL and a log line can hold it: no control characters, NUL above all.</summary>
    public static bool IsText(string? text) => text is { Length: > 0 and <= LongestText } && !text.Any(char.IsControl);

    public static bool IsId(Guid id) => id.Version == 7;

    public static bool IsTime(DateTimeOffset at) => at.Offset == TimeSpan.Zero && at >= Earliest && at < Latest;

    /// <summary>Forty letters and digits in a row, as tokens, codes and keys have and words do not.</summary>
    public static bool LooksSecret(string text) => LongRun().IsMatch(text);

    [GeneratedRegex("[A-Za-z0-9_+=-]{40}")]
    private static partial Regex LongRun();
}
