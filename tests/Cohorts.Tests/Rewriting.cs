using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kakehashi.Cohorts.Tests;

/// <summary>Writes a definition differently without changing what it means.</summary>
internal static class Rewriting
{
    public static string Of(string definition, Choices choices) =>
        Spell(Restructure(JsonNode.Parse(definition)!.AsObject(), choices), choices);

    private static JsonObject Restructure(JsonObject criterion, Choices choices)
    {
        var (kind, value) = criterion.Single();
        JsonObject same = kind switch
        {
            "all" or "any" => new() { [kind] = Members(kind, value!.AsArray(), choices) },
            "not" => new() { ["not"] = Restructure(value!.AsObject(), choices) },
            _ => criterion.DeepClone().AsObject(),
        };
        AddDefault(same, choices);
        return choices.Below(6) switch
        {
            0 => new() { ["not"] = new JsonObject { ["not"] = same } },
            1 => new() { ["all"] = new JsonArray(same) },
            2 => new() { ["any"] = new JsonArray(same) },
            _ => same,
        };
    }

    private static JsonArray Members(string kind, JsonArray written, Choices choices)
    {
        var members = choices.Shuffle(written.Select(member => Restructure(member!.AsObject(), choices)));
        if (choices.OneIn(2))
        {
            members.Insert(choices.Below(members.Count + 1), choices.Of<JsonNode?>([.. written])!.DeepClone().AsObject());
        }

        if (choices.OneIn(3))
        {
            var inner = members[..(1 + choices.Below(members.Count))];
            members = [.. members[inner.Count..], new() { [kind] = new JsonArray([.. inner]) }];
        }

        return new([.. members]);
    }

    private static void AddDefault(JsonObject leaf, Choices choices)
    {
        if (leaf["variant"] is JsonObject variant && !variant.ContainsKey("genotype") && choices.OneIn(2))
        {
            variant["genotype"] = "any";
        }

        if (leaf["age"] is JsonObject age && !age.ContainsKey("from") && choices.OneIn(2))
        {
            age["from"] = 0;
        }
    }

    private static string Spell(JsonNode node, Choices choices)
    {
        string Member(KeyValuePair<string, JsonNode?> member) =>
            $"{Text(member.Key, choices)}:{Space(choices)}{Spell(member.Value!, choices)}";

        return node switch
        {
            JsonObject members => $"{{{Space(choices)}{string.Join(',', choices.Shuffle(members).Select(Member))}}}",
            JsonArray items => $"[{string.Join($",{Space(choices)}", items.Select(item => Spell(item!, choices)))}{Space(choices)}]",
            _ when node.GetValueKind() is JsonValueKind.String => Text(node.GetValue<string>(), choices),
            _ => Number(double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture), choices),
        };
    }

    private static string Number(double value, Choices choices)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal) ? text : choices.Below(4) switch
        {
            0 => $"{text}e0",
            1 => $"{(text.Contains('.', StringComparison.Ordinal) ? text : $"{text}.0")}00E+0",
            2 when value % 10 == 0 => $"{value / 10}e1",
            _ => text,
        };
    }

    private static string Text(string value, Choices choices) => choices.OneIn(3)
        ? $"\"{string.Concat(value.Select(unit => $"\\u{(int)unit:X4}"))}\""
        : JsonSerializer.Serialize(value);

    private static string Space(Choices choices) => choices.Of("", "", " ", "\n\t", "\r\n");
}
