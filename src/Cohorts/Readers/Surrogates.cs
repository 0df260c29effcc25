using System.Globalization;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Finds escaped halves of surrogate pairs: text with them has no UTF-8 form (RFC 8785, 3.2.2.2).</summary>
internal static class Surrogates
{
    private const int EscapeLength = 6;

    /// <param name="escaped">Inside of a JSON string, escapes as written and known to be well-formed.</param>
    public static bool HasLone(ReadOnlySpan<byte> escaped)
    {
        for (var next = escaped.IndexOf((byte)'\\'); next >= 0; next = escaped.IndexOf((byte)'\\'))
        {
            escaped = escaped[next..];
            var first = UnitAt(escaped);
            var isPair = char.IsHighSurrogate(first) && char.IsLowSurrogate(UnitAt(escaped[EscapeLength..]));
            if (char.IsSurrogate(first) && !isPair)
            {
                return true;
            }

            escaped = escaped[(isPair ? 2 * EscapeLength : escaped[1] == 'u' ? EscapeLength : 2)..];
        }

        return false;
    }

    private static char UnitAt(ReadOnlySpan<byte> text) => text.StartsWith("\\u"u8) && text.Length >= EscapeLength
        ? (char)ushort.Parse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : '\0';
}
