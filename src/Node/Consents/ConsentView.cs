using System.Collections.Concurrent;
using Kakehashi.Contracts;
using Kakehashi.Node.Index;

namespace Kakehashi.Node.Consents;

/// <summary>
/// An index as consents stand at one sequence. Immutable; each change makes another. A purpose becomes one bitmap, the
/// participants whose effective permission covers it, worked out once and then part of every count's single pass.
/// </summary>
public sealed class ConsentView
{
    private const int MostMasks = 256;

    private readonly ulong[] _active;
    private readonly ConcurrentDictionary<string, ulong[]> _masks = new();

    /// <param name="index">The participants.</param>
    /// <param name="withdrawn">References of everyone who has withdrawn; may name people the index does not hold.</param>
    /// <param name="sequence">The last consent change in <paramref name="withdrawn"/>.</param>
    public ConsentView(CohortIndex index, IEnumerable<ParticipantRef> withdrawn, long sequence)
    {
        (Index, Sequence) = (index, sequence);
        _active = Bitmap.All(index.Participants);
        foreach (var id in withdrawn.Select(index.IdOf).Where(id => id >= 0))
        {
            _active[id >> 6] &= ~(1UL << id);
        }
    }

    public CohortIndex Index { get; }

    public long Sequence { get; }

    /// <summary>Everyone whose consent covers the purpose and whose data belong to one of the datasets.</summary>
    public ulong[] MaskFor(Purpose purpose, IReadOnlyList<string> datasets)
    {
        var key = $"{PurposeRules.KeyOf(purpose)}|{string.Join(',', datasets)}";
        return _masks.TryGetValue(key, out var mask)
            ? mask
            : _masks.Count < MostMasks ? _masks.GetOrAdd(key, _ => Mask(purpose, datasets)) : Mask(purpose, datasets);
    }

    /// <summary>Everyone who permits at least one kind of research: whom the variable catalogue counts.</summary>
    public ulong[] CatalogueMask() => _masks.GetOrAdd("", _ => And(
        Union(Index.Permissions.Where(p => PermissionRules.IsResearch(p.Key)).Select(p => p.Value)), _active));

    private ulong[] Mask(Purpose purpose, IReadOnlyList<string> datasets)
    {
        var mask = Union(Index.Permissions.Where(p => PermissionRules.Covers(p.Key, purpose)).Select(p => p.Value));
        And(mask, _active);
        And(mask, Union(datasets.Select(d => Index.Datasets.GetValueOrDefault(d)).OfType<ParticipantSet>()));
        foreach (var needed in PermissionRules.AlsoNeeded(purpose))
        {
            And(mask, Union(Index.Permissions.Where(p => p.Key == needed).Select(p => p.Value)));
        }

        return mask;
    }

    private ulong[] Union(IEnumerable<ParticipantSet> sets)
    {
        var words = new ulong[_active.Length];
        foreach (var set in sets)
        {
            set.OrInto(words);
        }

        return words;
    }

    private static ulong[] And(ulong[] mask, ulong[] other)
    {
        Bitmap.And(mask, other);
        return mask;
    }
}
