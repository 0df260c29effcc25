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
        var cells = table.Select(row => row.Select(count => Protect(count, preset)).ToArray()).ToArray();
        var columns = table.Length == 0 ? 0 : table[0].Length;
        bool changed;
        do
        {
            changed = false;
            for (var row = 0; row < table.Length; row++)
            {
                changed |= CompleteLine([.. Enumerable.Range(0, columns).Select(column => (row, column))]);
            }

            for (var column = 0; column < columns && table.Length > 1; column++)
            {
                changed |= CompleteLine([.. Enumerable.Range(0, table.Length).Select(row => (row, column))]);
            }
        }
        while (changed);
        return cells;

        bool CompleteLine((int Row, int Column)[] line)
        {
            var withheld = line.Where(c => cells[c.Row][c.Column].Withheld is not null).ToList();
            var released = line.Except(withheld).ToList();
            if (withheld.Count == 0 || released.Count == 0
                || (withheld.Count > 1 && withheld.Sum(c => table[c.Row][c.Column]) >= preset.Threshold))
            {
                return false;
            }

            var (row, column) = released.MinBy(c => table[c.Row][c.Column]);
            cells[row][column] = ProtectedCount.Because(WithheldReasons.Complementary);
            return true;
        }
    }

    /// <summary>To the nearest multiple, halves up.</summary>
    private static long Rounded(long count, int rounding) => (count + (rounding / 2)) / rounding * rounding;
}
