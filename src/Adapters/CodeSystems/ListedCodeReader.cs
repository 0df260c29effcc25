using Kakehashi.Adapters.Yaml;

namespace Kakehashi.Adapters.CodeSystems;

/// <summary>A code with what only an adapter needs to know: conversions to its unit, and plausible values.</summary>
internal sealed record ListedCode(CodeEntry Entry, IReadOnlyDictionary<string, Conversion> Units, double? Min, double? Max);

/// <summary>Reads one inline entry of <c>codes</c>.</summary>
internal static class ListedCodeReader
{
    public static readonly IReadOnlyDictionary<string, Conversion> NoUnits = new Dictionary<string, Conversion>();

    public static ListedCode? Read(YamlMap map)
    {
        var kindText = map.Required("kind");
        var codeText = map.Required("code");
        var (label, labelJa, unit) = (map.Text("label"), map.Text("labelJa"), map.Text("unit"));
        var (min, max) = (map.Number("min"), map.Number("max"));
        var units = map.Map("units") is { } table ? table.Keys().ToDictionary(name => name, name => Conversion(table, name)) : NoUnits;
        if (kindText.Length == 0 || codeText.Length == 0)
        {
            return null;
        }

        if (Codes.KindOf(kindText) is not { } kind)
        {
            map.Error($"kind must be one of {Codes.AllKinds}");
            return null;
        }

        if (Codes.WhyNot(kind, codeText, unit) is { } why)
        {
            map.Error(why);
            return null;
        }

        return new(new(kind, Codes.Normalise(kind, codeText), label, labelJa, unit), units, min, max);
    }

    /// <summary>A bare factor, or factor and offset.</summary>
    private static Conversion Conversion(YamlMap table, string unit)
    {
        if (table.MapOr(unit, shortFor: "factor") is not { } map)
        {
            return CodeSystems.Conversion.None;
        }

        var conversion = new Conversion(map.Number("factor") ?? 1, map.Number("offset") ?? 0);
        map.End();
        return conversion;
    }
}
