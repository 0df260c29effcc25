using System.Text.Json;

namespace Kakehashi.Cohorts.Readers;

/// <summary>
/// Builds criteria from JSON that <see cref="ByteRules"/> has bounded. Goes on after a fault, so that all independent faults
/// are found; null where a part cannot be built.
/// </summary>
internal sealed class CriterionReader(Faults faults)
{
    private static readonly string[] Kinds = ["all", "any", "not", .. LeafReader.Kinds];

    private readonly LeafReader _leaf = new(faults);
    private int _leaves;

    public Criterion? Read(JsonElement value) => Read(value, Place.Root, depth: 1);

    private Criterion? Read(JsonElement value, Place at, int depth)
    {
        if (depth > Bounds.Depth)
        {
            faults.Add(FaultCodes.TooDeep, at, "Criteria are nested too deeply.", $"at most {Bounds.Depth} criteria in each other");
            return null;
        }

        var before = faults.Found.Count;
        if (ClosedObject.Read(value, at, Kinds, faults) is not { } members)
        {
            return null;
        }

        if (members.Count != 1)
        {
            // An object that was already refused for a member it must not have is not called empty as well.
            AddNotOne(members, at, isSilent: members.Count == 0 && faults.Found.Count > before);
        }

        Criterion? read = null;
        foreach (var (kind, member) in members)
        {
            read = ReadKind(kind, member, at.At(kind), depth);
        }

        return read is null ? null : read with { Pointer = at.Pointer() };
    }

    private Criterion? ReadKind(string kind, JsonElement value, Place at, int depth) => kind switch
    {
        "all" => ReadList(value, at, depth) is { } members ? new All(members) : null,
        "any" => ReadList(value, at, depth) is { } members ? new Any(members) : null,
        "not" => Read(value, at, depth + 1) is { } inner ? new Not(inner) : null,
        _ => ReadLeaf(kind, value, at),
    };

    private List<Criterion>? ReadList(JsonElement value, Place at, int depth)
    {
        if (!Scalars.Is(value, JsonValueKind.Array, at, "a list of criteria", faults))
        {
            return null;
        }

        if (value.GetArrayLength() == 0)
        {
            faults.Add(FaultCodes.EmptyList, at, "The list is empty.", "at least one criterion");
        }

        var members = new List<Criterion>();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (faults.IsFull || _leaves > Bounds.Leaves)
            {
                break;
            }

            if (Read(item, at.At(index++), depth + 1) is { } member)
            {
                members.Add(member);
            }
        }

        return members;
    }

    private Leaf? ReadLeaf(string kind, JsonElement value, Place at)
    {
        if (++_leaves == Bounds.Leaves + 1)
        {
            faults.Add(FaultCodes.TooManyLeaves, at, "The definition has too many leaves.", $"at most {Bounds.Leaves} leaves");
        }

        return _leaves > Bounds.Leaves ? null : _leaf.Read(kind, value, at);
    }

    private void AddNotOne(Dictionary<string, JsonElement> members, Place at, bool isSilent)
    {
        if (members.Count > 1)
        {
            faults.Add(FaultCodes.SeveralKinds, at, "A criterion has one kind; join several with 'all' or 'any'.", Kinds);
        }
        else if (!isSilent)
        {
            faults.Add(FaultCodes.EmptyCriterion, at, "The criterion is empty.", Kinds);
        }
    }
}
