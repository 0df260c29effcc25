using System.Text.RegularExpressions;
using Kakehashi.Adapters.CodeSystems;
using Kakehashi.Adapters.Yaml;

namespace Kakehashi.Adapters.Omop;

/// <summary>Reads the <c>omop</c> section of a biobank's configuration.</summary>
internal static partial class OmopMappingReader
{
    private static readonly Dictionary<string, string?> NoSpecimens = [];

    public static OmopMapping Read(YamlMap omop, IReadOnlyList<string> datasets)
    {
        var schema = Name(omop, "schema") ?? "public";
        var mapping = new OmopMapping(
            omop.Required("connection"),
            schema,
            Name(omop, "vocabularySchema") ?? schema,
            Choice(omop, "conditions", ("era", "condition_era"), ("occurrence", "condition_occurrence")),
            Choice(omop, "drugs", ("era", "drug_era"), ("exposure", "drug_exposure")),
            Choice(omop, "conceptIds", ("no", "no"), ("yes", "yes")) == "yes",
            Dataset(omop, datasets),
            Permissions(omop),
            Specimens(omop),
            [.. omop.Maps("tables").Select(Table).OfType<OwnTable>()],
            [.. omop.Maps("codes").Select(Code).OfType<ListedCode>()]);
        omop.End();
        return mapping;
    }

    private static string Choice(YamlMap map, string key, params (string Word, string Meaning)[] choices)
    {
        var word = map.Text(key) ?? choices[0].Word;
        var choice = choices.FirstOrDefault(c => c.Word == word);
        if (choice.Meaning is null)
        {
            map.Error($"{key} must be {string.Join(" or ", choices.Select(c => c.Word))}");
        }

        return choice.Meaning ?? choices[0].Meaning;
    }

    private static string? Name(YamlMap map, string key)
    {
        var name = map.Text(key);
        if (name is not null && !Identifier().IsMatch(name))
        {
            map.Error($"{key} must be a name of letters, digits and underscores");
        }

        return name;
    }

    private static string Dataset(YamlMap map, IReadOnlyList<string> datasets)
    {
        var dataset = map.Text("dataset") ?? (datasets is [var only] ? only : "");
        if (!datasets.Contains(dataset))
        {
            map.Error($"dataset must be one of {string.Join(", ", datasets)}");
        }

        return dataset;
    }

    private static IReadOnlyList<string> Permissions(YamlMap map)
    {
        var permissions = map.Texts("permissions") ?? [];
        foreach (var wrong in permissions.Where(p => !Permission.IsValid(p)))
        {
            map.Error($"'{wrong}' is no permission; allowed: {Permission.Allowed}");
        }

        return permissions;
    }

    private static IReadOnlyDictionary<string, string?> Specimens(YamlMap map)
    {
        var specimens = map.Table("specimens") ?? NoSpecimens;
        foreach (var (code, type) in specimens)
        {
            if (!Curie.IsValid(code) || type is null || !Codes.IsWord(type))
            {
                map.Error($"specimens: write a code and a type, such as SNOMED:119361006: plasma, not {code}: {type}");
            }
        }

        return specimens;
    }

    private static OwnTable? Table(YamlMap map)
    {
        var holds = map.Required("holds");
        var kind = Codes.KindOf(holds);
        if (holds is not "permission" && kind is not (VariableKind.Biosample or VariableKind.Data or VariableKind.Attribute))
        {
            map.Error("holds must be permission, biosample, data or attribute");
        }

        var table = new OwnTable(
            kind, Name(map, "table") ?? "", Name(map, "person") ?? "person_id", Name(map, "column") ?? "", map.Text("name"));
        if (table.Table.Length == 0 || table.Column.Length == 0)
        {
            map.Error("table and column are needed");
        }

        if (kind is VariableKind.Attribute == string.IsNullOrEmpty(table.Attribute))
        {
            map.Error("name is the name of an attribute, and only of an attribute");
        }

        map.End();
        return table;
    }

    private static ListedCode? Code(YamlMap map)
    {
        var code = ListedCodeReader.Read(map);
        map.End();
        return code;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();
}
