using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Searches;

/// <summary>Adds up what nodes released, and only that; says over how many nodes.</summary>
public static class Totals
{
    private const char Between = '\u001f';

    /// <summary>Null as value when no node released a number.</summary>
    public static SearchTotal Of(IReadOnlyList<NodeAnswer> nodes)
    {
        long? sum = null;
        var answered = 0;
        foreach (var node in nodes)
        {
            if (node.State == CountStates.Answered && node.Count?.Value is { } value)
            {
                sum = (sum ?? 0) + value;
                answered++;
            }
        }

        return new(sum, answered, nodes.Count, answered == nodes.Count);
    }

    /// <summary>Every cell that a node named, in the order in which they came; its sum is over the nodes that released this very cell.</summary>
    public static IReadOnlyList<TotalCell> Cells(IReadOnlyList<NodeAnswer> nodes, IReadOnlyList<string> breakdown)
    {
        if (breakdown.Count == 0)
        {
            return [];
        }

        var cells = new OrderedDictionary<string, TotalCell>(StringComparer.Ordinal);
        foreach (var cell in nodes.SelectMany(node => node.Breakdown))
        {
            var key = KeyOf(cell, breakdown);
            var sum = cells.TryGetValue(key, out var before) ? before : new(cell.Keys, null, 0);
            cells[key] = cell.Count.Value is { } value ? sum with { Value = (sum.Value ?? 0) + value, Nodes = sum.Nodes + 1 } : sum;
        }

        return [.. cells.Values];
    }

    internal static string KeyOf(CountCell cell, IReadOnlyList<string> breakdown) =>
        breakdown.Count == 1 ? cell.Keys[breakdown[0]] : string.Concat(cell.Keys[breakdown[0]], [Between], cell.Keys[breakdown[1]]);
}
