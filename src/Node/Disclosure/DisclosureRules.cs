using Kakehashi.Contracts;

namespace Kakehashi.Node.Disclosure;

/// <summary>
/// Disclosure control of counts: small numbers are withheld, others rounded, and in a table enough neighbours are withheld
/// that no small one can be computed from the rest. Pure.
/// </summary>
public static class DisclosureRules
{
    public static ProtectedCount Protect(long count, DisclosurePreset preset) =>
        count < preset.Threshold
            ? ProtectedCount.Because(WithheldReasons.BelowThreshold)
            : ProtectedCount.Released(Rounded(count, preset.Rounding));

    /// <summary>
    /// Protects a table of counts, given by row (one row for a breakdown by one variable). A reader knows or may ask for the
    /// sum of every row and column; so a line with withheld cells keeps withholding its smallest further cell until at least
    /// two are withheld and together they are no smaller than the threshold. Withholding only ever grows, so this ends.
    /// </summary>
    public static ProtectedCount[][] Protect(long[][] table, DisclosurePreset preset)
    {
        var (rows, columns) = (table.Length, table.Length == 0 ? 0 : table[0].Length);
        var cells = Array.ConvertAll(table, row => Array.ConvertAll(row, count => Protect(count, preset)));
        bool changed;
        do
        {
            changed = false;
            for (var row = 0; row < rows; row++)
            {
                changed |= CompleteLine(columns, i => (row, i));
            }

            for (var column = 0; column < columns && rows > 1; column++)
            {
                changed |= CompleteLine(rows, i => (i, column));
            }
        }
        while (changed);
        return cells;

        bool CompleteLine(int length, Func<int, (int Row, int Column)> at)
        {
            var (withheld, sum, smallest) = (0, 0L, (Row: -1, Column: -1));
            for (var i = 0; i < length; i++)
            {
                var (row, column) = at(i);
                if (cells[row][column].Withheld is not null)
                {
                    withheld++;
                    sum += table[row][column];
                }
                else if (smallest.Row < 0 || table[row][column] < table[smallest.Row][smallest.Column])
                {
                    smallest = (row, column);
                }
            }

            if (withheld == 0 || smallest.Row < 0 || (withheld > 1 && sum >= preset.Threshold))
            {
                return false;
            }

            cells[smallest.Row][smallest.Column] = ProtectedCount.Because(WithheldReasons.Complementary);
            return true;
        }
    }

    /// <summary>To the nearest multiple, halves up.</summary>
    private static long Rounded(long count, int rounding) => (count + (rounding / 2)) / rounding * rounding;
}
