namespace Kakehashi.Adapters.Csv;

/// <summary>What a text means: a value, nothing, or a fault.</summary>
internal readonly record struct Meaning<T>(bool Says, T? Value, Fault? Fault)
{
    public static Meaning<T> Nothing => default;

    public static Meaning<T> Of(T value) => new(true, value, null);

    public static Meaning<T> Wrong(Fault fault) => new(false, default, fault);
}

/// <summary>
/// Translates the texts of a column. Each different text is worked out once and remembered, so that a file of millions
/// of rows costs a look-up per cell and no string.
/// </summary>
internal sealed class ValueReader<T>
{
    private const int MostRemembered = 100_000;

    private readonly ValueMapping _mapping;
    private readonly Func<string, Meaning<T>> _accept;
    private readonly HashSet<string> _unseen;
    private readonly Dictionary<string, Meaning<T>> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Meaning<T>>.AlternateLookup<ReadOnlySpan<char>> _byText;

    public ValueReader(ValueMapping mapping, Func<string, Meaning<T>> accept)
    {
        (_mapping, _accept) = (mapping, accept);
        _unseen = [.. mapping.Values?.Keys ?? []];
        _byText = _known.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public Meaning<T> Read(ReadOnlySpan<char> text)
    {
        if (_byText.TryGetValue(text, out var meaning))
        {
            return meaning;
        }

        var key = text.ToString();
        meaning = Translate(key);
        if (_known.Count < MostRemembered)
        {
            _known.Add(key, meaning);
        }

        return meaning;
    }

    /// <summary>Warns about mapped texts that no row had.</summary>
    public void Warn(SourceLog log, string column)
    {
        if (_unseen.Count > 0)
        {
            log.Warn(Fault.NeverSeen(string.Join(", ", _unseen.Order(StringComparer.Ordinal))), column);
        }
    }

    private Meaning<T> Translate(string text)
    {
        if (_mapping.Values is { } values)
        {
            if (!values.TryGetValue(text, out var meaning))
            {
                return Meaning<T>.Wrong(Fault.ValueUnknown);
            }

            _unseen.Remove(text);
            if (meaning is null)
            {
                return Meaning<T>.Nothing;
            }

            text = meaning;
        }

        return _accept(text);
    }
}
