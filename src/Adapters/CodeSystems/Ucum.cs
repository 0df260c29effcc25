using System.Collections.Frozen;

namespace Kakehashi.Adapters.CodeSystems;

/// <summary>
/// Conversion between common UCUM units of one dimension. Amounts of substance (mmol/L) convert to masses only by a
/// factor of the measurement itself, so they are a dimension of their own.
/// </summary>
public static class Ucum
{
    private static readonly FrozenDictionary<string, (string Dimension, double Factor)> Units =
        new (string Dimension, string Unit, double Factor)[]
        {
            ("mass/volume", "g/L", 1), ("mass/volume", "g/dL", 10), ("mass/volume", "mg/dL", 1e-2), ("mass/volume", "mg/L", 1e-3),
            ("mass/volume", "mg/mL", 1), ("mass/volume", "ug/mL", 1e-3), ("mass/volume", "ug/dL", 1e-5), ("mass/volume", "ug/L", 1e-6),
            ("mass/volume", "ng/mL", 1e-6), ("mass/volume", "ng/dL", 1e-8), ("mass/volume", "ng/L", 1e-9), ("mass/volume", "pg/mL", 1e-9),
            ("substance/volume", "mol/L", 1), ("substance/volume", "mmol/L", 1e-3), ("substance/volume", "umol/L", 1e-6),
            ("substance/volume", "nmol/L", 1e-9), ("substance/volume", "pmol/L", 1e-12),
            ("number/volume", "10*12/L", 1e12), ("number/volume", "10*9/L", 1e9), ("number/volume", "10*6/L", 1e6),
            ("number/volume", "10*6/uL", 1e12), ("number/volume", "10*4/uL", 1e10), ("number/volume", "10*3/uL", 1e9),
            ("number/volume", "/uL", 1e6), ("number/volume", "{cells}/uL", 1e6),
            ("enzyme/volume", "U/L", 1), ("enzyme/volume", "[IU]/L", 1), ("enzyme/volume", "U/mL", 1e3), ("enzyme/volume", "[IU]/mL", 1e3),
            ("pressure", "mm[Hg]", 1), ("pressure", "kPa", 7.50061683),
            ("length", "m", 1), ("length", "cm", 1e-2), ("length", "mm", 1e-3), ("length", "[in_i]", 0.0254),
            ("mass", "kg", 1), ("mass", "g", 1e-3), ("mass", "[lb_av]", 0.45359237),
            ("ratio", "1", 1), ("ratio", "%", 1e-2),
            ("frequency", "/min", 1), ("frequency", "{beats}/min", 1), ("frequency", "/s", 60),
        }.ToFrozenDictionary(u => u.Unit, u => (u.Dimension, u.Factor));

    /// <summary>How a value in one unit becomes a value in the other; null when the two are not of one dimension.</summary>
    public static Conversion? Between(string from, string to)
    {
        if (from == to)
        {
            return Conversion.None;
        }

        return Units.TryGetValue(from, out var source) && Units.TryGetValue(to, out var target) && source.Dimension == target.Dimension
            ? new(source.Factor / target.Factor, 0)
            : null;
    }
}

/// <summary>value × factor + offset.</summary>
public sealed record Conversion(double Factor, double Offset)
{
    public static readonly Conversion None = new(1, 0);

    public double Apply(double value) => this == None ? value : (value * Factor) + Offset;
}
