using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>
/// The opaque name under which a participant is known outside a biobank's adapter: 128 bits, keyed by a secret that
/// never leaves the node. On the wire 32 lower-case hexadecimal digits; in text always masked.
/// </summary>
[JsonConverter(typeof(ParticipantRefConverter))]
public readonly record struct ParticipantRef(UInt128 Value) : IParsable<ParticipantRef>, IComparable<ParticipantRef>
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>The form that crosses a wire: 32 lower-case hexadecimal digits.</summary>
    public string ToWire() => Value.ToString("x32", CultureInfo.InvariantCulture);

    public static ParticipantRef Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException("Expected 32 lower-case hexadecimal digits.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ParticipantRef result)
    {
        var valid = s is { Length: 32 } && !s.AsSpan().ContainsAnyExcept(LowerHex);
        result = new(valid ? UInt128.Parse(s!, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : 0);
        return valid;
    }

    public int CompareTo(ParticipantRef other) => Value.CompareTo(other.Value);

    public static bool operator <(ParticipantRef left, ParticipantRef right) => left.Value < right.Value;

    public static bool operator <=(ParticipantRef left, ParticipantRef right) => left.Value <= right.Value;

    public static bool operator >(ParticipantRef left, ParticipantRef right) => left.Value > right.Value;

    public static bool operator >=(ParticipantRef left, ParticipantRef right) => left.Value >= right.Value;

    /// <summary>Kept out of logs and exception texts on purpose.</summary>
    public override string ToString() => "participant:***";
}

/// <summary>Reads and writes the wire form; anything else is a JSON error.</summary>
public sealed class ParticipantRefConverter : JsonConverter<ParticipantRef>
{
    public override ParticipantRef Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && ParticipantRef.TryParse(reader.GetString(), null, out var value)
            ? value
            : throw new JsonException("Expected 32 lower-case hexadecimal digits.");

    public override void Write(Utf8JsonWriter writer, ParticipantRef value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToWire());
}
