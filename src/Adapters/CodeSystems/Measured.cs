namespace Kakehashi.Adapters.CodeSystems;

/// <summary>A measurement with its one unit, how other units convert to it, and which values are plausible.</summary>
internal sealed class Measured(string code, string unit, IReadOnlyDictionary<string, Conversion> units, double? min, double? max)
{
    private readonly Dictionary<string, Conversion?> _known = new(StringComparer.Ordinal);

    public string Code => code;

    public string Unit => unit;

    /// <summary>How values in the given unit become values in <see cref="Unit"/>; null when they cannot.</summary>
    public Conversion? From(string from)
    {
        if (!_known.TryGetValue(from, out var conversion))
        {
            conversion = units.GetValueOrDefault(from) ?? Ucum.Between(from, unit);
            _known.Add(from, conversion);
        }

        return conversion;
    }

    public bool Holds(double value) => !(value < min) && !(value > max);
}
