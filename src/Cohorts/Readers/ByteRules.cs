using System.Text.Json;
using System.Text.Unicode;

namespace Kakehashi.Cohorts.Readers;

/// <summary>
/// What the bytes must be before anything is built from them: bounded, UTF-8, one JSON value, not too deep, text that
/// is text. One pass without recursion; the first fault ends it.
/// </summary>
internal static class ByteRules
{
    public static readonly string DepthAllowed = $"at most {Bounds.Depth} criteria in each other";
    public static readonly string SizeAllowed = $"at most {Bounds.Bytes} bytes";

    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Allow, // to be named, not to be accepted
        MaxDepth = Bounds.JsonDepth + 1,
    };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static bool Check(ReadOnlySpan<byte> utf8, Faults faults)
    {
        if (utf8.Length > Bounds.Bytes)
        {
            faults.Add(FaultCodes.TooLarge, Place.Root, "The definition is too large.", SizeAllowed);
        }
        else if (utf8.StartsWith(ByteOrderMark))
        {
            faults.Add(FaultCodes.ByteOrderMark, Place.Root, "A byte order mark comes first.", "UTF-8 without it");
        }
        else if (!Utf8.IsValid(utf8))
        {
            faults.Add(FaultCodes.InvalidUtf8, Place.Root, "The definition is not valid UTF-8.", "UTF-8");
        }
        else
        {
            CheckTokens(utf8, faults);
        }

        return faults.Found.Count == 0;
    }

    private static void CheckTokens(ReadOnlySpan<byte> utf8, Faults faults)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        var trail = new Trail();
        try
        {
            while (reader.Read() && CheckToken(ref reader, trail, faults))
            {
                trail.Follow(ref reader);
                if (trail.IsAtEnd)
                {
                    CheckRest(utf8[(int)reader.BytesConsumed..].TrimStart(" \t\r\n"u8), faults);
                    return;
                }
            }
        }
        catch (JsonException malformed)
        {
            var rest = utf8[(int)reader.BytesConsumed..].TrimStart(" \t\r\n:,+-"u8);
            AddMalformed(rest, malformed, trail.Place, faults);
        }
    }

    private static bool CheckToken(ref Utf8JsonReader reader, Trail trail, Faults faults)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Comment:
                faults.Add(FaultCodes.Comment, trail.Place, "Comments are not JSON.");
                return false;
            case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= Bounds.JsonDepth:
                faults.Add(FaultCodes.TooDeep, trail.Next(), "The definition is nested too deeply.", DepthAllowed);
                return false;
            case JsonTokenType.PropertyName when Surrogates.HasLone(reader.ValueSpan):
                faults.Add(FaultCodes.LoneSurrogate, trail.Enclosing, "A member name holds half of a surrogate pair.");
                return false;
            case JsonTokenType.String when Surrogates.HasLone(reader.ValueSpan):
                faults.Add(FaultCodes.LoneSurrogate, trail.Next(), "The text holds half of a surrogate pair.");
                return false;
            default:
                return true;
        }
    }

    private static void CheckRest(ReadOnlySpan<byte> rest, Faults faults)
    {
        if (rest.StartsWith("//"u8) || rest.StartsWith("/*"u8))
        {
            faults.Add(FaultCodes.Comment, Place.Root, "Comments are not JSON.");
        }
        else if (!rest.IsEmpty)
        {
            faults.Add(FaultCodes.TrailingData, Place.Root, "Something follows the definition.", "one JSON object");
        }
    }

    private static void AddMalformed(ReadOnlySpan<byte> rest, JsonException malformed, Place at, Faults faults)
    {
        if (rest.StartsWith("NaN"u8) || rest.StartsWith("Inf"u8))
        {
            faults.Add(FaultCodes.NotFinite, at, "Not a number, or an infinite one.", "a JSON number");
        }
        else
        {
            var where = $"line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}";
            faults.Add(FaultCodes.MalformedJson, at, $"Not JSON: {where}.", "JSON (RFC 8259)");
        }
    }
}
