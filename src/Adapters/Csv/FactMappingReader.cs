using Kakehashi.Adapters.CodeSystems;
using Kakehashi.Adapters.Yaml;

namespace Kakehashi.Adapters.Csv;

/// <summary>Reads what a file's rows say about participants beyond themselves.</summary>
internal static class FactMappingReader
{
    private static readonly (string Section, VariableKind Kind, string Constant)[] Sections =
    [
        ("conditions", VariableKind.Condition, "code"),
        ("drugs", VariableKind.Drug, "code"),
        ("biosamples", VariableKind.Biosample, "type"),
        ("data", VariableKind.Data, "type"),
        ("attributes", VariableKind.Attribute, "value"),
    ];

    public static IEnumerable<FactMapping> Read(YamlMap file) =>
        from section in Sections
        from map in file.Maps(section.Section)
        select Fact(map, section.Kind, section.Constant);

    public static MeasurementMapping Measurement(YamlMap map)
    {
        var code = map.Text("code");
        var codes = map.Map("codes");
        var column = map.Required("column");
        var unit = map.MapOr("unit", shortFor: "value");
        var (fixedUnit, unitColumn) = (unit?.Text("value"), unit?.Text("column"));
        unit?.End();
        if (code is null == codes is null)
        {
            map.Error("give the code of the column (code), or the column of the code (codes)");
        }

        if (fixedUnit is null == unitColumn is null)
        {
            map.Error("give the unit of the values, or the column of the unit: unit: {column: name}");
        }

        if (code is not null && Curie.Of(code) is null)
        {
            map.Error(Codes.WhyNot(VariableKind.Condition, code)!);
        }

        var from = codes is null
            ? new ValueMapping(null, code is null ? null : Curie.Of(code))
            : Value(codes, VariableKind.Measurement, "code");
        codes?.End();
        map.End();
        return new(from, column, fixedUnit, unitColumn);
    }

    public static char? Separator(YamlMap map)
    {
        switch (map.Text("separator"))
        {
            case null:
                return null;
            case { Length: 1 } one:
                return one[0];
            default:
                map.Error("separator must be one character");
                return null;
        }
    }

    private static FactMapping Fact(YamlMap map, VariableKind kind, string constant)
    {
        var attribute = kind is VariableKind.Attribute ? map.Required("name") : null;
        if (attribute is { Length: > 0 } && (!Codes.IsText(attribute) || attribute.Contains('=', StringComparison.Ordinal)))
        {
            map.Error("the name of an attribute is a short text without =");
        }

        var value = Value(map, kind, constant);
        map.End();
        return new(kind, value, attribute);
    }

    private static ValueMapping Value(YamlMap map, VariableKind kind, string constantKey)
    {
        var (column, constant, system, values) = (map.Text("column"), map.Text(constantKey), map.Text("system"), map.Table("values"));
        if (column is null == constant is null)
        {
            map.Error($"give a column, or a {constantKey} that holds for every row");
        }

        if (system is not null && !Curie.Systems.Contains(system))
        {
            map.Error($"unknown code system '{system}'; known: {Curie.AllSystems}");
        }

        var meanings = (values?.Values ?? [constant]).OfType<string>();
        foreach (var meaning in meanings.Where(m => kind is not VariableKind.Attribute && system is null))
        {
            if (Codes.WhyNot(kind, meaning, unit: "1") is { } why)
            {
                map.Error($"'{meaning}': {why}");
            }
        }

        return new(column, constant, system, Separator(map), values);
    }
}
