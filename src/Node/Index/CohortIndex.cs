using System.Collections.Concurrent;
using System.Collections.Frozen;
using Kakehashi.Adapters;
using Kakehashi.Adapters.CodeSystems;
using Kakehashi.Cohorts;
using Kakehashi.Contracts;

namespace Kakehashi.Node.Index;

/// <summary>A code of one kind, e.g. condition ICD10:E11, biosample dna, attribute smoking=never.</summary>
public readonly record struct Term(VariableKind Kind, string Code);

/// <summary>Something a source can hold: a kind of variable, with the code system where codes are used.</summary>
public readonly record struct Holding(VariableKind Kind, string? CodeSystem);

/// <summary>
/// One biobank's participants, made for counting: dense local ids in the order of their opaque references, one set per
/// code with its descendants rolled up, sorted columns for ranges. Immutable; a reload builds another and swaps it in.
/// </summary>
public sealed class CohortIndex
{
    private const int MostAxesKept = 64;

    private readonly ConcurrentDictionary<string, Axis?> _axes = new();

    /// <summary>Opaque references, ascending; the position is the participant's dense local id.</summary>
    public required UInt128[] References { get; init; }

    public required FrozenDictionary<Term, ParticipantSet> Sets { get; init; }

    /// <summary>Range-encoded ages: entry a holds everyone younger than a years, so that any age range needs two bitmaps.</summary>
    public required ulong[][] YoungerThan { get; init; }

    /// <summary>Measurements by CURIE, in the unit of their code entry.</summary>
    public required FrozenDictionary<string, RangeColumn> Measurements { get; init; }

    /// <summary>Days of enrolment as <see cref="DateOnly.DayNumber"/>.</summary>
    public required RangeColumn Enrolled { get; init; }

    public required FrozenDictionary<string, ParticipantSet> Datasets { get; init; }

    /// <summary>Participants by consent permission: GRU, HMB, DS:ICD10:F00, commercial, …</summary>
    public required FrozenDictionary<string, ParticipantSet> Permissions { get; init; }

    public required FrozenSet<Holding> Holdings { get; init; }

    /// <summary>The source's code list, by term.</summary>
    public required FrozenDictionary<Term, CodeEntry> Codes { get; init; }

    public required LoadReport Report { get; init; }

    public required DateTimeOffset LoadedAt { get; init; }

    public int Participants => References.Length;

    /// <summary>The variable to break a count down by, or null when the biobank does not hold it.</summary>
    public Axis? AxisOf(string name) =>
        _axes.TryGetValue(name, out var known) ? known
        : _axes.Count < MostAxesKept ? _axes.GetOrAdd(name, n => Axis.Of(n, this))
        : Axis.Of(name, this);

    /// <summary>Bytes held for counting; shared sets counted once.</summary>
    public long MemoryBytes =>
        (References.Length * 16L)
        + (YoungerThan.Length * (long)ParticipantSet.WordsFor(Participants) * sizeof(ulong))
        + Sets.Values.Concat(Datasets.Values).Concat(Permissions.Values).Distinct().Sum(set => set.MemoryBytes)
        + Measurements.Values.Append(Enrolled).Sum(column => column.MemoryBytes);

    /// <summary>How the question's values become values of the measurement's own unit; null when they cannot.</summary>
    public Conversion? UnitFor(HasMeasurement asked) =>
        asked.Unit is null || Codes.GetValueOrDefault(new(VariableKind.Measurement, asked.Code))?.Unit is not { } unit
            ? Conversion.None
            : Ucum.Between(asked.Unit, unit);

    /// <summary>The dense local id behind a reference, or -1 for somebody this biobank does not hold.</summary>
    public int IdOf(ParticipantRef participant) => Math.Max(-1, Array.BinarySearch(References, participant.Value));
}
