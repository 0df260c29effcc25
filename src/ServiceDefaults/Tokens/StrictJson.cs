using System.Text.Json;
using System.Text.Unicode;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>JSON from outside that must mean one thing only: an object, valid UTF-8, no member twice, shallow.</summary>
public static class StrictJson
{
    private static readonly JsonDocumentOptions Closed = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static bool TryReadObject(ReadOnlySpan<byte> utf8, out JsonElement value)
    {
        value = default;
        if (!Utf8.IsValid(utf8))
        {
            return false;
        }

        try
        {
            value = JsonElement.Parse(utf8, Closed);
            if (utf8.Contains((byte)'\\'))
            {
                Unescape(value);
            }

            return value.ValueKind == JsonValueKind.Object;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape that is half a surrogate pair has no text.
            return false;
        }
    }

    /// <summary>The member's text; null when it is absent or not a string.</summary>
    public static string? Text(this JsonElement value, string member) =>
        value.TryGetProperty(member, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;

    private static void Unescape(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Unescape(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    Unescape(member.Value);
                }

                break;
        }
    }
}
