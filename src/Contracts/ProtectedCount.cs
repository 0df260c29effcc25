using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>
/// A number that has passed disclosure control: either released (a count of participants, rounded) or withheld with
/// its reason. A withheld number is a value of its own; it is never 0. JSON: <c>{"value": 120}</c> or
/// <c>{"withheld": "below-threshold"}</c>.
/// </summary>
[JsonConverter(typeof(ProtectedCountConverter))]
public readonly record struct ProtectedCount
{
    private readonly long _value;

    private ProtectedCount(long value, string? withheld) => (_value, Withheld) = (value, withheld);

    /// <summary>Why the number is withheld, one of <see cref="WithheldReasons"/>; null when it is released.</summary>
    public string? Withheld { get; }

    /// <summary>The released number; null when withheld.</summary>
    public long? Value => Withheld is null ? _value : null;

    public static ProtectedCount Released(long value) => new(value, null);

    public static ProtectedCount Because(string reason) => new(0, reason);
}

/// <summary>Why a number does not leave a node. The words are part of the API.</summary>
public static class WithheldReasons
{
    /// <summary>Fewer participants than the node's threshold (no participants at all looks the same).</summary>
    public const string BelowThreshold = "below-threshold";

    /// <summary>Large enough itself, but a withheld neighbour could be computed from it.</summary>
    public const string Complementary = "complementary";
}

/// <summary>Reads and writes the two forms of a protected count.</summary>
public sealed class ProtectedCountConverter : JsonConverter<ProtectedCount>
{
    /// <summary>Exactly one of the two forms: a null reason or a second member would turn a withheld number into 0.</summary>
    public override ProtectedCount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ProtectedCount? read = null;
        if (reader.TokenType is JsonTokenType.StartObject && reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var (isValue, isWithheld) = (reader.ValueTextEquals("value"u8), reader.ValueTextEquals("withheld"u8));
            reader.Read();
            read = reader.TokenType switch
            {
                JsonTokenType.Number when isValue && reader.TryGetInt64(out var value) => ProtectedCount.Released(value),
                JsonTokenType.String when isWithheld && reader.GetString() is { Length: > 0 } why => ProtectedCount.Because(why),
                _ => null,
            };
        }

        return read is { } count && reader.Read() && reader.TokenType is JsonTokenType.EndObject
            ? count
            : throw new JsonException("Expected {\"value\": n} or {\"withheld\": \"reason\"}.");
    }

    public override void Write(Utf8JsonWriter writer, ProtectedCount value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (value.Value is { } released)
        {
            writer.WriteNumber("value", released);
        }
        else
        {
            writer.WriteString("withheld", value.Withheld);
        }

        writer.WriteEndObject();
    }
}
