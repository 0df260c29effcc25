using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Reads single texts; null, and a fault, when the value is not what must be there.</summary>
internal static class Texts
{
    private const string Day = "a day as YYYY-MM-DD";

    /// <summary>Text that people can read: not empty, bounded, no control characters.</summary>
    public static string? Text(Written value, string allowed, int maxLength = Bounds.NameLength)
    {
        if (!value.Is(JsonValueKind.String, allowed))
        {
            return null;
        }

        var text = value.Json.GetString()!;
        var (code, message) = text switch
        {
            "" => (FaultCodes.EmptyText, "The text is empty."),
            _ when text.Length > maxLength => (FaultCodes.TooLong, $"The text is longer than {maxLength} characters."),
            _ when text.Any(char.IsControl) => (FaultCodes.ControlCharacter, "The text holds a control character."),
            _ => ("", ""),
        };
        if (code.Length == 0)
        {
            return text;
        }

        value.Fault(code, message, allowed);
        return null;
    }

    public static string? Word(Written value, IReadOnlyList<string> words)
    {
        var text = Text(value, "a text");
        if (text is null || words.Contains(text))
        {
            return text;
        }

        value.FaultUnknown(FaultCodes.UnknownValue, "The value", text, words);
        return null;
    }

    public static string? Matching(
        Written value, Regex form, string code, string allowed, int maxLength = Bounds.NameLength)
    {
        var text = Text(value, allowed, maxLength);
        if (text is null || form.IsMatch(text))
        {
            return text;
        }

        value.Fault(code, "The text does not have the form it must have.", allowed);
        return null;
    }

    public static DateOnly? Date(Written value)
    {
        if (Text(value, Day) is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        value.Fault(FaultCodes.MalformedDate, "This is not a day.", Day);
        return null;
    }
}
