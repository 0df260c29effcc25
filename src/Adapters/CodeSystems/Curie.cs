using System.Buffers;
using System.Collections.Frozen;

namespace Kakehashi.Adapters.CodeSystems;

/// <summary>Codes as the platform writes them: <c>PREFIX:code</c>, with the prefixes all biobanks share.</summary>
internal static class Curie
{
    public static readonly FrozenSet<string> Systems = FrozenSet.Create(
        StringComparer.Ordinal,
        "ICD10", "SNOMED", "HP", "MONDO", "OMOP", "LOINC", "RxNorm", "NCIT", "DOID", "ORPHA", "ATC");

    private static readonly SearchValues<char> CodeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");

    private const int LongestCode = 64;

    public static string AllSystems => string.Join(", ", Systems.Order(StringComparer.Ordinal));

    /// <summary>True for a known prefix and a code of letters, digits, dot, hyphen and underscore.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        return colon > 0 && Systems.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[..colon]) && IsCode(text[(colon + 1)..]);
    }

    public static string SystemOf(string curie) => curie[..Math.Max(0, curie.IndexOf(':', StringComparison.Ordinal))];

    /// <summary>
    /// The CURIE of a code as a file holds it, with or without its prefix; null when it cannot be one. ICD-10 codes come
    /// out in WHO form, so E119, e11.9 and E11.9 are one code.
    /// </summary>
    public static string? Of(string system, ReadOnlySpan<char> code)
    {
        if (code.StartsWith(system, StringComparison.Ordinal) && code.Length > system.Length && code[system.Length] == ':')
        {
            code = code[(system.Length + 1)..];
        }

        if (system == Icd10.System)
        {
            return Icd10.Normalise(code);
        }

        return IsCode(code) ? $"{system}:{code}" : null;
    }

    /// <summary>The CURIE in its one written form, or null.</summary>
    public static string? Of(ReadOnlySpan<char> text) => IsValid(text) ? Of(text[..text.IndexOf(':')].ToString(), text) : null;

    private static bool IsCode(ReadOnlySpan<char> code) =>
        code.Length is > 0 and <= LongestCode && !code.ContainsAnyExcept(CodeCharacters);
}
