namespace Kakehashi.Catalog.Searches;

/// <summary>How many letters stand between two codes: added, left out or changed.</summary>
public static class Edits
{
    public static int Between(string from, string to)
    {
        Span<int> row = stackalloc int[256];
        if (to.Length >= row.Length)
        {
            return int.MaxValue;
        }

        for (var j = 0; j <= to.Length; j++)
        {
            row[j] = j;
        }

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

        return row[to.Length];
    }
}
