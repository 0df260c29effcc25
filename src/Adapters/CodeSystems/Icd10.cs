namespace Kakehashi.Adapters.CodeSystems;

/// <summary>
/// The hierarchy of WHO ICD-10: subcategory → category → block (or nested blocks) → chapter. Blocks and chapters are
/// written as ranges: ICD10:E10-E14, ICD10:E00-E90.
/// </summary>
public static class Icd10
{
    public const string System = "ICD10";

    private const int CategoryLength = 3;
    private const int LongestCode = 7;

    /// <summary>
    /// The CURIE of a code in WHO form: upper case, a dot after the third character. Dagger and asterisk marks and a
    /// trailing hyphen ("E11.-", any subcategory) are dropped. Null when it is no ICD-10 code.
    /// </summary>
    public static string? Normalise(ReadOnlySpan<char> text)
    {
        text = text.Trim().TrimEnd("+*†-").TrimEnd('.');
        if (Icd10Table.Find(text) is { } range)
        {
            return range.Curie;
        }

        Span<char> code = stackalloc char[LongestCode + 1];
        var length = 0;
        foreach (var c in text)
        {
            if (c == '.' && length == CategoryLength)
            {
                continue;
            }

            if (length == LongestCode || !char.IsAsciiLetterOrDigit(c))
            {
                return null;
            }

            code[length++] = char.ToUpperInvariant(c);
        }

        if (length < CategoryLength || !char.IsAsciiLetter(code[0]) || !char.IsAsciiDigit(code[1]))
        {
            return null;
        }

        var category = code[..CategoryLength];
        return length == CategoryLength ? $"{System}:{category}" : $"{System}:{category}.{code[CategoryLength..length]}";
    }

    /// <summary>Everything the code is part of, nearest first; empty for other code systems.</summary>
    public static IEnumerable<string> AncestorsOf(string curie)
    {
        if (!curie.StartsWith(System + ":", StringComparison.Ordinal))
        {
            yield break;
        }

        var code = curie[(System.Length + 1)..];
        for (var length = code.Length - 1; length > CategoryLength + 1 && code[CategoryLength] == '.'; length--)
        {
            yield return $"{System}:{code[..length]}";
        }

        if (code.Length > CategoryLength && code[CategoryLength] == '.')
        {
            yield return $"{System}:{code[..CategoryLength]}";
        }

        foreach (var range in Icd10Table.Containing(code))
        {
            yield return range.Curie;
        }
    }

    /// <summary>The code-list entry of a block or chapter; null for anything else.</summary>
    public static CodeEntry? Range(string curie) =>
        curie.StartsWith(System + ":", StringComparison.Ordinal) && Icd10Table.Find(curie.AsSpan(System.Length + 1)) is { } range
            ? new(VariableKind.Condition, range.Curie, range.Label, range.LabelJa)
            : null;
}
