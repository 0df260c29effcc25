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
    public override ProtectedCount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement switch
        {
            { ValueKind: JsonValueKind.Object } o when o.TryGetProperty("value", out var value) => ProtectedCount.Released(value.GetInt64()),
            { ValueKind: JsonValueKind.Object } o when o.TryGetProperty("withheld", out var why) => ProtectedCount.Because(why.GetString()!),
            _ => throw new JsonException("Expected {\"value\": n} or {\"withheld\": \"reason\"}."),
        };
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
