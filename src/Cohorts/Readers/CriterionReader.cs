using System.Text.Json;

namespace Kakehashi.Cohorts.Readers;

/// <summary>
/// Builds criteria from JSON that <see cref="ByteRules"/> has bounded. Goes on after a fault, so that all independent
/// faults are found; null where a part cannot be built.
/// </summary>
internal sealed class CriterionReader
{
    private static readonly string[] Kinds = ["all", "any", "not", .. LeafReader.Kinds];

    private int _leaves;

    public Criterion? Read(Written criterion, int depth = 1)
    {
        if (depth > Bounds.Depth)
        {
            criterion.Fault(FaultCodes.TooDeep, "Criteria are nested too deeply.", ByteRules.DepthAllowed);
            return null;
        }

        var faultsBefore = criterion.Faults.Found.Count;
        if (Members.Of(criterion, Kinds) is not { } members)
        {
            return null;
        }

        if (members.Count > 1)
        {
            criterion.Fault(FaultCodes.SeveralKinds, "A criterion has one kind; join several with 'all'.", Kinds);
        }
        else if (members.Count == 0 && criterion.Faults.Found.Count == faultsBefore)
        {
            criterion.Fault(FaultCodes.EmptyCriterion, "The criterion is empty.", Kinds);
        }

        Criterion? read = null;
        foreach (var (kind, value) in members.InOrder)
        {
            read = ReadKind(kind, value, depth);
        }

        return read is null ? null : read with { Pointer = criterion.At.Pointer() };
    }

    private Criterion? ReadKind(string kind, Written value, int depth) => kind switch
    {
        "all" => ReadList(value, depth) is { } members ? new All(members) : null,
        "any" => ReadList(value, depth) is { } members ? new Any(members) : null,
        "not" => Read(value, depth + 1) is { } inner ? new Not(inner) : null,
        _ => ReadLeaf(kind, value),
    };

    private List<Criterion>? ReadList(Written list, int depth)
    {
        if (!list.Is(JsonValueKind.Array, "a list of criteria"))
        {
            return null;
        }

        if (list.Json.GetArrayLength() == 0)
        {
            list.Fault(FaultCodes.EmptyList, "The list is empty.", "at least one criterion");
        }

        var members = new List<Criterion>();
        foreach (var (index, item) in list.Json.EnumerateArray().Index())
        {
            if (list.Faults.IsFull || _leaves > Bounds.Leaves)
            {
                break;
            }

            if (Read(list.Item(index, item), depth + 1) is { } member)
            {
                members.Add(member);
            }
        }

        return members;
    }

    private Leaf? ReadLeaf(string kind, Written value)
    {
        if (++_leaves <= Bounds.Leaves)
        {
            return LeafReader.Read(kind, value);
        }

        value.Fault(FaultCodes.TooManyLeaves, "The definition has too many leaves.", $"at most {Bounds.Leaves} leaves");
        return null;
    }
}
