namespace Kakehashi.Cohorts.Readers;

/// <summary>Which allowed word a person probably meant.</summary>
internal static class Nearest
{
    private const int MostEdits = 2;

    public static string? To(string given, IReadOnlyList<string> allowed)
    {
        if (given.Length > Bounds.NameLength)
        {
            return null;
        }

        var (word, edits) = allowed
            .Select(word => (Word: word, Edits: EditsBetween(Folded(given), Folded(word))))
            .MinBy(pair => pair.Edits);
        return edits <= Math.Min(MostEdits, given.Length / 2) ? word : null;
    }

    private static string Folded(string word) => word.ToUpperInvariant();

    private static int EditsBetween(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var change = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
