using System.Text.Json;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Follows a token reader so that a fault in the middle of a document has its place.</summary>
internal sealed class Trail
{
    private readonly Stack<(Place Container, bool IsArray, int OuterIndex)> _open = new();
    private int _index;

    /// <summary>The last value or member name reached.</summary>
    public Place Place { get; private set; } = Place.Root;

    /// <summary>The one value of the document is complete.</summary>
    public bool IsAtEnd => _open.Count == 0;

    public Place Enclosing => _open.TryPeek(out var top) ? top.Container : Place.Root;

    /// <summary>The place of the value about to be followed.</summary>
    public Place Next() => _open.TryPeek(out var top) && top.IsArray ? top.Container.At(_index) : Place;

    public void Follow(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                Place = Enclosing.At(reader.GetString()!);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Place = Next();
                _open.Push((Place, reader.TokenType is JsonTokenType.StartArray, _index));
                _index = 0;
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                (Place, _, _index) = _open.Pop();
                _index++;
                break;
            default:
                Place = Next();
                _index++;
                break;
        }
    }
}
