using System.Text;

namespace Kakehashi.Seeds.Tests;

/// <summary>Reads the written files; quotes are handled where they occur (codes.csv).</summary>
public static class Csv
{
    public static IReadOnlyList<string[]> Rows(string path) => [.. File.ReadLines(path).Skip(1).Select(Cells)];

    private static string[] Cells(string line)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            return line.Split(',');
        }

        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        foreach (var c in line)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        return [.. cells, cell.ToString()];
    }
}
