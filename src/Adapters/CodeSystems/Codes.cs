using System.Buffers;

namespace Kakehashi.Adapters.CodeSystems;

/// <summary>What a code of each kind may look like.</summary>
internal static class Codes
{
    private const int LongestText = 100;

    private static readonly SearchValues<char> WordCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly VariableKind[] Kinds =
        [VariableKind.Condition, VariableKind.Drug, VariableKind.Measurement, VariableKind.Biosample, VariableKind.Data, VariableKind.Attribute];

    public static string AllKinds => string.Join(", ", Kinds.Select(Name));

    public static string Name(VariableKind kind) => kind.ToString().ToLowerInvariant();

    public static VariableKind? KindOf(string name) => Kinds.Cast<VariableKind?>().FirstOrDefault(kind => Name(kind!.Value) == name);

    /// <summary>Null when the code can be one of its kind, else what is expected.</summary>
    public static string? WhyNot(VariableKind kind, string code, string? unit = null) => kind switch
    {
        VariableKind.Measurement when string.IsNullOrEmpty(unit) => "a measurement needs its unit (UCUM)",
        VariableKind.Biosample or VariableKind.Data => IsWord(code) ? null : "a type is a word of lower-case letters, digits and hyphens",
        VariableKind.Attribute => code.IndexOf('=', StringComparison.Ordinal) > 0 && IsText(code) ? null : "an attribute is written name=value",
        _ => Curie.Of(code) is null ? $"a code is PREFIX:code with one of {Curie.AllSystems}" : null,
    };

    /// <summary>The one written form of a code that passed <see cref="WhyNot"/>.</summary>
    public static string Normalise(VariableKind kind, string code) => CodeBook.IsCoded(kind) ? Curie.Of(code)! : code;

    public static bool IsWord(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= LongestText && char.IsAsciiLetterLower(text[0]) && !text.ContainsAnyExcept(WordCharacters);

    public static bool IsText(string text) => text.Length is > 0 and <= LongestText && !text.Any(char.IsControl);
}
