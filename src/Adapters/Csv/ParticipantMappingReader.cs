using Kakehashi.Adapters.CodeSystems;
using Kakehashi.Adapters.Yaml;

namespace Kakehashi.Adapters.Csv;

/// <summary>Reads the <c>participant</c> section of a file.</summary>
internal static class ParticipantMappingReader
{
    private static readonly string[] Sexes = ["female", "male", "other", "unknown"];

    public static ParticipantMapping Read(YamlMap map, IReadOnlyList<string> datasets)
    {
        var sex = Column(map, "sex");
        if (sex?.Values?.Values.FirstOrDefault(v => v is not null && !Sexes.Contains(v)) is { } wrong)
        {
            map.Error($"sex cannot mean '{wrong}'; allowed: {string.Join(", ", Sexes)}");
        }

        var birth = map.MapOr("birth", shortFor: "date");
        var (date, year, month, day) = (birth?.Text("date"), birth?.Text("year"), birth?.Text("month"), birth?.Text("day"));
        if (birth is not null && date is null == year is null)
        {
            birth.Error("give a date column, or year with optional month and day");
        }

        birth?.End();
        var age = map.Text("age");
        if (age is not null && birth is not null)
        {
            map.Error("give birth or age, not both");
        }

        var (permissions, permissionColumn) = Permissions(map);
        var mapping = new ParticipantMapping(
            sex, date, year, month, day, age, map.Text("enrolled"), Dataset(map, datasets), permissionColumn, permissions);
        map.End();
        return mapping;
    }

    private static ValueMapping? Column(YamlMap outer, string key)
    {
        if (outer.MapOr(key, shortFor: "column") is not { } map)
        {
            return null;
        }

        var mapping = new ValueMapping(map.Required("column"), Values: map.Table("values"));
        map.End();
        return mapping;
    }

    private static ValueMapping Dataset(YamlMap outer, IReadOnlyList<string> datasets)
    {
        if (outer.MapOr("dataset", shortFor: "value") is not { } map)
        {
            if (datasets.Count != 1)
            {
                outer.Error($"dataset is missing; the biobank has {datasets.Count}");
            }

            return new(null, datasets is [var only, ..] ? only : "");
        }

        var mapping = new ValueMapping(map.Text("column"), map.Text("value"), Values: map.Table("values"));
        map.End();
        if (mapping.Column is null == mapping.Constant is null)
        {
            map.Error("give a column or a value");
        }

        foreach (var unknown in (mapping.Values?.Values ?? [mapping.Constant]).OfType<string>().Except(datasets))
        {
            map.Error($"the biobank has no dataset '{unknown}'; it has {string.Join(", ", datasets)}");
        }

        return mapping;
    }

    private static (IReadOnlyList<string> Constant, ValueMapping? Column) Permissions(YamlMap outer)
    {
        if (outer.Node("permissions") is YamlDotNet.RepresentationModel.YamlMappingNode)
        {
            var map = outer.Map("permissions")!;
            var column = new ValueMapping(map.Required("column"), Separator: FactMappingReader.Separator(map), Values: map.Table("values"));
            map.End();
            foreach (var wrong in (column.Values?.Values ?? []).OfType<string>().Where(p => !Permission.IsValid(p)))
            {
                map.Error($"'{wrong}' is no permission; allowed: {Permission.Allowed}");
            }

            return ([], column);
        }

        var constant = outer.Texts("permissions") ?? [];
        foreach (var wrong in constant.Where(p => !Permission.IsValid(p)))
        {
            outer.Error($"'{wrong}' is no permission; allowed: {Permission.Allowed}");
        }

        return (constant, null);
    }
}
