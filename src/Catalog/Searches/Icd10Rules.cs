namespace Kakehashi.Catalog.Searches;

/// <summary>The hierarchy that ICD-10 codes show by themselves: E11 covers E11.9, the block E10-E14 covers both.</summary>
public static class Icd10Rules
{
    private const string Prefix = "ICD10:";
    private const int CategoryLength = 3;

    public static bool IsIcd10(string curie) => curie.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>True when everyone with <paramref name="code"/> also has <paramref name="ancestor"/>.</summary>
    public static bool IsWithin(string code, string ancestor)
    {
        if (!IsIcd10(code) || !IsIcd10(ancestor))
        {
            return false;
        }

        var (first, last) = Ends(ancestor);
        var (from, to) = Ends(code);
        return first.Length > CategoryLength
            ? code.StartsWith(ancestor, StringComparison.Ordinal)
            : string.CompareOrdinal(first, Category(from)) <= 0 && string.CompareOrdinal(Category(to), last) <= 0;
    }

    private static (string First, string Last) Ends(string curie) =>
        curie[Prefix.Length..].Split('-') is [var first, var last] ? (first, last) : (curie[Prefix.Length..], curie[Prefix.Length..]);

    private static string Category(string code) => code.Length <= CategoryLength ? code : code[..CategoryLength];
}
