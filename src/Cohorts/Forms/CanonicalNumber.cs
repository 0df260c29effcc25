using System.Globalization;

namespace Kakehashi.Cohorts.Forms;

/// <summary>Numbers as ECMAScript writes them (Number::toString, required by RFC 8785, 3.2.2.3).</summary>
internal static class CanonicalNumber
{
    private const int PlainDigits = 21;
    private const int PlainZeros = 6;

    public static string Of(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), "JSON has no such number.");
        }

        if (value == 0)
        {
            return "0";
        }

        // "R" gives the shortest digits that read back as the same number, which is ECMAScript's rule.
        var (digits, point) = Shortest(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
        return (value < 0 ? "-" : "") + Layout(digits, point);
    }

    /// <summary>Digits d1 d2 … and n such that the number is 0.d1d2… × 10^n.</summary>
    private static (string Digits, int Point) Shortest(string text)
    {
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = e < 0 ? text : text[..e];
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.Integer, CultureInfo.InvariantCulture);
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = dot < 0 ? mantissa.Length : dot;
        var all = mantissa.Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        return (digits.TrimEnd('0'), exponent + whole - (all.Length - digits.Length));
    }

    private static string Layout(string digits, int point) => point switch
    {
        > PlainDigits or <= -PlainZeros => Exponential(digits, point - 1),
        _ when digits.Length <= point => digits.PadRight(point, '0'),
        > 0 => $"{digits[..point]}.{digits[point..]}",
        _ => $"0.{new string('0', -point)}{digits}",
    };

    private static string Exponential(string digits, int exponent) =>
        $"{digits[..1]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}";
}
