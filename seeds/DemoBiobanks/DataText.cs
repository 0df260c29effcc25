using System.Globalization;

namespace Kakehashi.Seeds;

/// <summary>The generator's own tables, embedded as text. Lines that start with # are comments.</summary>
internal static class DataText
{
    public static IEnumerable<string> Lines(string name)
    {
        using var reader = new StreamReader(typeof(DataText).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The table {name} is not embedded."));
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line;
            }
        }
    }

    public static IEnumerable<string[]> Rows(string name) =>
        Lines(name).Select(line => line.Split('|', StringSplitOptions.TrimEntries));

    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    public static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
