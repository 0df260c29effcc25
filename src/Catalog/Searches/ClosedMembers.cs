using System.Text.Json;

namespace Kakehashi.Catalog.Searches;

/// <summary>An object with these members and no others. A member that stands twice was refused before, with the JSON as a whole.</summary>
internal static class ClosedMembers
{
    private const int MostFaults = 10;
    private const int LongestName = 64;

    public static bool Check(JsonElement element, string pointer, string[] members, string[] required, List<SearchFault> faults)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            faults.Add(new("catalog.wrong-type", pointer, "This is not an object.", $"an object with {string.Join(", ", members)}"));
            return false;
        }

        var names = element.EnumerateObject().Select(JsonTexts.NameOf).ToList();
        var found = names
            .Where(name => !members.Contains(name))
            .Take(MostFaults)
            .Select(name => new SearchFault("catalog.unknown-member", PointerTo(pointer, name), "There is no such member.", members))
            .Concat(required.Except(names).Select(
                name => new SearchFault("catalog.missing-member", $"{pointer}/{name}", $"The member {name} is missing.", name!)))
            .ToList();
        faults.AddRange(found);
        return found.Count == 0;
    }

    /// <summary>To the object itself when the name is not fit to be shown.</summary>
    private static string PointerTo(string pointer, string? name) =>
        name is null || name.Length > LongestName || name.Any(char.IsControl)
            ? pointer
            : $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
