using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Reads single values; null, and a fault, when the value is not what must be there.</summary>
internal static class Scalars
{
    private const string DateForm = "yyyy-MM-dd";

    public static bool Is(JsonElement value, JsonValueKind kind, Place at, string allowed, Faults faults)
    {
        var isKind = value.ValueKind == kind;
        if (!isKind)
        {
            faults.Add(FaultCodes.WrongType, at, $"This is not {allowed}.", allowed);
        }

        return isKind;
    }

    /// <summary>Text that people can read: not empty, bounded, no control characters.</summary>
    public static string? Text(JsonElement value, Place at, string allowed, int maxLength, Faults faults)
    {
        if (!Is(value, JsonValueKind.String, at, allowed, faults))
        {
            return null;
        }

        var text = value.GetString()!;
        var (code, message) = text switch
        {
            "" => (FaultCodes.EmptyText, "The text is empty."),
            _ when text.Length > maxLength => (FaultCodes.TooLong, $"The text is longer than {maxLength} characters."),
            _ when text.Any(char.IsControl) => (FaultCodes.ControlCharacter, "The text holds a control character."),
            _ => (null, ""),
        };
        return Accept(text, code, at, message, allowed, faults);
    }

    public static string? Word(JsonElement value, Place at, IReadOnlyList<string> words, Faults faults)
    {
        var text = Text(value, at, "a text", Bounds.NameLength, faults);
        if (text is null || words.Contains(text))
        {
            return text;
        }

        faults.AddUnknown(FaultCodes.UnknownValue, at, "The value", text, words);
        return null;
    }

    public static string? Matching(JsonElement value, Place at, Regex form, string code, string allowed, Faults faults, int maxLength = Bounds.NameLength)
    {
        var text = Text(value, at, allowed, maxLength, faults);
        return text is null ? null : Accept(text, form.IsMatch(text) ? null : code, at, "The text does not have the form it must have.", allowed, faults);
    }

    public static DateOnly? Date(JsonElement value, Place at, Faults faults)
    {
        const string Allowed = "a day as YYYY-MM-DD";
        if (Text(value, at, Allowed, Bounds.NameLength, faults) is not { } text)
        {
            return null;
        }

        var isDate = DateOnly.TryParseExact(text, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        return Accept(text, isDate ? null : FaultCodes.MalformedDate, at, "This is not a day.", Allowed, faults) is null ? null : date;
    }

    public static double? Number(JsonElement value, Place at, Faults faults)
    {
        if (!Is(value, JsonValueKind.Number, at, "a number", faults))
        {
            return null;
        }

        var number = value.GetDouble();
        if (!double.IsFinite(number))
        {
            faults.Add(FaultCodes.NotFinite, at, "The number is too large for a 64-bit float.", "a finite number");
            return null;
        }

        return number == 0 ? 0 : number; // -0 is 0
    }

    /// <summary>A whole number in [from, to], however it is written: 50, 50.0 or 5e1.</summary>
    public static int? Whole(JsonElement value, Place at, int from, int to, Faults faults)
    {
        if (Number(value, at, faults) is not { } number)
        {
            return null;
        }

        var allowed = $"a whole number from {from} to {to}";
        if (number < from || number > to)
        {
            faults.Add(FaultCodes.OutOfRange, at, $"The number is not from {from} to {to}.", allowed);
            return null;
        }

        if (!double.IsInteger(number))
        {
            faults.Add(FaultCodes.NotWhole, at, "The number is not whole.", allowed);
            return null;
        }

        return (int)number;
    }

    private static string? Accept(string text, string? code, Place at, string message, string allowed, Faults faults)
    {
        if (code is null)
        {
            return text;
        }

        faults.Add(code, at, message, allowed);
        return null;
    }
}
