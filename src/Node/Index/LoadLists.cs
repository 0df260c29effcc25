using System.Runtime.InteropServices;
using Kakehashi.Adapters;

namespace Kakehashi.Node.Index;

/// <summary>Participants by term while loading, by position of reading; numbered by reference when built.</summary>
internal sealed class TermLists
{
    private readonly Dictionary<VariableKind, Dictionary<string, List<int>>> _kinds = [];

    public bool Add(VariableKind kind, ReadOnlySpan<char> code, int position)
    {
        ref var codes = ref CollectionsMarshal.GetValueRefOrAddDefault(_kinds, kind, out _);
        codes ??= [];
        ref var positions = ref CollectionsMarshal.GetValueRefOrAddDefault(
            codes.GetAlternateLookup<ReadOnlySpan<char>>(), code, out _);
        (positions ??= []).Add(position);
        return true;
    }

    public Dictionary<Term, ParticipantSet> Build(int[] ids)
    {
        var sets = new Dictionary<Term, ParticipantSet>();
        foreach (var (kind, codes) in _kinds)
        {
            foreach (var (code, positions) in codes)
            {
                var members = CollectionsMarshal.AsSpan(positions);
                foreach (ref var member in members)
                {
                    member = ids[member];
                }

                sets[new(kind, code)] = ParticipantSet.FromIds(members, ids.Length);
            }
        }

        return sets;
    }
}

/// <summary>Values with their participants while loading.</summary>
internal sealed class ValueList
{
    private readonly List<int> _positions = [];
    private readonly List<double> _values = [];

    public void Add(int position, double value)
    {
        _positions.Add(position);
        _values.Add(value);
    }

    public RangeColumn Build(int[] ids) => RangeColumn.From([.. _values], [.. _positions.Select(position => ids[position])]);
}

/// <summary>The words for sex in the cohort language.</summary>
public static class SexCodes
{
    public static readonly string[] All = ["female", "male", "other", "unknown"];

    public static string Of(Sex sex) => sex switch
    {
        Sex.Female => "female",
        Sex.Male => "male",
        Sex.Other => "other",
        _ => "unknown",
    };
}
