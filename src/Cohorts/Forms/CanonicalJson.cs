using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kakehashi.Cohorts.Forms;

/// <summary>The JSON Canonicalization Scheme, RFC 8785.</summary>
internal static class CanonicalJson
{
    public static string Of(JsonNode? value) => Append(new(), value).ToString();

    private static StringBuilder Append(StringBuilder text, JsonNode? value) => value switch
    {
        null => text.Append("null"),
        JsonObject members => AppendObject(text, members),
        JsonArray items => AppendArray(text, items),
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => AppendString(text, value.GetValue<string>()),
            JsonValueKind.Number => text.Append(CanonicalNumber.Of(value.GetValue<double>())),
            _ => text.Append(value.GetValue<bool>() ? "true" : "false"),
        },
    };

    private static StringBuilder AppendObject(StringBuilder text, JsonObject members)
    {
        var separator = "{";

        // Ordinal comparison of .NET strings is comparison by UTF-16 code units, as 3.2.3 requires.
        foreach (var (name, value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
        {
            Append(AppendString(text.Append(separator), name).Append(':'), value);
            separator = ",";
        }

        return text.Append(members.Count == 0 ? "{}" : "}");
    }

    private static StringBuilder AppendArray(StringBuilder text, JsonArray items)
    {
        var separator = "[";
        foreach (var item in items)
        {
            Append(text.Append(separator), item);
            separator = ",";
        }

        return text.Append(items.Count == 0 ? "[]" : "]");
    }

    private static StringBuilder AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var unit in value)
        {
            _ = unit switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
                _ => text.Append(unit),
            };
        }

        return text.Append('"');
    }
}
