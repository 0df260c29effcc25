using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Kakehashi.Catalog.Refreshes;

/// <summary>What a search knows of one biobank without asking anybody.</summary>
/// <param name="SnapshotId">The snapshot the variables were read of; null before the first time.</param>
/// <param name="Variables">Kind and code of everything the biobank lists.</param>
public sealed record KnownBiobank(
    string Id, string Name, string NameJa, string? SnapshotId, FrozenSet<(string Kind, string Code)> Variables)
{
    public KnownBiobank(string id, string name, string nameJa, string? snapshotId, IEnumerable<(string Kind, string Code)> variables)
        : this(id, name, nameJa, snapshotId, variables.ToFrozenSet())
    {
    }

    /// <summary>Names of the biobank's own categories.</summary>
    public FrozenSet<string> Attributes { get; } =
        Variables.Where(v => v.Kind == "attribute").Select(v => v.Code.Split('=')[0]).ToFrozenSet();

    /// <summary>Null when nothing was read yet: then the biobank may hold anything.</summary>
    public bool IsCatalogued => SnapshotId is not null;
}

/// <summary>What is known of all registered biobanks. Never changes; news makes a new one.</summary>
public sealed record KnownBiobanks(ImmutableSortedDictionary<string, KnownBiobank> ById)
{
    public static KnownBiobanks None { get; } = new(ImmutableSortedDictionary.Create<string, KnownBiobank>(StringComparer.Ordinal));

    public KnownBiobanks With(KnownBiobank biobank) => new(ById.SetItem(biobank.Id, biobank));

    public bool Lists(string kind, string code) => ById.Values.Any(b => b.Variables.Contains((kind, code)));

    public bool ListsAttribute(string name) => ById.Values.Any(b => b.Attributes.Contains(name));
}
