using System.Globalization;
using System.Text.Json.Nodes;

namespace Kakehashi.Cohorts.Tests;

/// <summary>JSON pointers (RFC 6901) resolved without the library.</summary>
internal static class JsonPointers
{
    /// <summary>Throws when the pointer leads nowhere.</summary>
    public static JsonNode? Resolve(JsonNode? node, string path)
    {
        foreach (var step in path.Split('/').Skip(1).Select(Unescaped))
        {
            node = node switch
            {
                JsonObject members when members.ContainsKey(step) => members[step],
                JsonArray items => items[int.Parse(step, CultureInfo.InvariantCulture)],
                _ => throw new InvalidOperationException($"'{path}' leads nowhere at '{step}'."),
            };
        }

        return node;
    }

    /// <summary>Pointers to the node and everything in it.</summary>
    public static IEnumerable<string> Within(JsonNode? node, string path = "") => node switch
    {
        JsonObject members => members.SelectMany(member => Within(member.Value, $"{path}/{Escaped(member.Key)}")).Prepend(path),
        JsonArray items => items.SelectMany((item, index) => Within(item, $"{path}/{index}")).Prepend(path),
        _ => [path],
    };

    private static string Escaped(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string Unescaped(string step) =>
        step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
