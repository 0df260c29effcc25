using System.Text.Json;

namespace Kakehashi.Catalog.Searches;

/// <summary>Text of a JSON document. An escaped half of a surrogate pair is valid JSON and no text; .NET throws for it.</summary>
internal static class JsonTexts
{
    /// <summary>Null for whatever is no text.</summary>
    public static string? TextOf(JsonElement element)
    {
        try
        {
            return element.ValueKind is JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null for a name that is no text.</summary>
    public static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
