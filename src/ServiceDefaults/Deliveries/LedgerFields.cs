using System.Buffers;
using System.Text.RegularExpressions;

namespace Kakehashi.ServiceDefaults.Deliveries;

/// <summary>Bounds that members of every ledger event keep. Pure.</summary>
public static partial class LedgerFields
{
    public const int LongestText = 200;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly DateTimeOffset Earliest = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether PostgreSQL and a log line can hold it: no control characters, NUL above all.</summary>
    public static bool IsText(string? text, int longest = LongestText) =>
        text is { Length: > 0 } && text.Length <= longest && !text.Any(char.IsControl);

    public static bool IsId(Guid id) => id.Version == 7;

    public static bool IsTime(DateTimeOffset at) => at.Offset == TimeSpan.Zero && at >= Earliest && at < Latest;

    /// <summary>Forty characters in a row as tokens, codes and keys have them, and words and addresses do not.</summary>
    public static bool LooksSecret(string text)
    {
        foreach (var run in LongRun().EnumerateMatches(text))
        {
            var letters = text.AsSpan(run.Index, run.Length);
            if ((letters.ContainsAnyInRange('a', 'z') && letters.ContainsAnyInRange('A', 'Z')) || !letters.ContainsAnyExcept(Hexadecimal))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex("[A-Za-z0-9_+=-]{40,}")]
    private static partial Regex LongRun();
}
