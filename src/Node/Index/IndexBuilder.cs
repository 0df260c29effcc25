using System.Collections.Frozen;
using System.Runtime.InteropServices;
using Kakehashi.Adapters;

namespace Kakehashi.Node.Index;

/// <summary>
/// Takes what an adapter reads and builds the index. The biobank's own ids live here only, and only while loading: what
/// remains of them is an opaque reference.
/// </summary>
public sealed class IndexBuilder(ReferenceKey key) : IBiobankSink
{
    private const int OldestAge = 130;

    private readonly Dictionary<string, int> _participants = [];
    private readonly List<UInt128> _references = [];
    private readonly List<byte> _ages = [];
    private readonly TermLists _terms = new();
    private readonly TermLists _datasets = new();
    private readonly TermLists _permissions = new();
    private readonly Dictionary<string, ValueList> _measurements = [];
    private readonly ValueList _enrolled = new();
    private readonly HashSet<Holding> _holdings = [];
    private readonly Dictionary<Term, CodeEntry> _codes = [];
    private readonly Dictionary<string, HashSet<string>> _descendants = [];

    public void Holds(VariableKind kind, string? codeSystem) => _holdings.Add(new(kind, codeSystem));

    public void Code(CodeEntry entry) => _codes[new(entry.Kind, entry.Code)] = entry;

    public void Ancestor(string ancestor, string descendant)
    {
        if (ancestor != descendant)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_descendants, ancestor, out _) ??= []).Add(descendant);
        }
    }

    public bool Participant(ReadOnlySpan<char> id, Sex sex, int? age, DateOnly? enrolled, ReadOnlySpan<char> dataset)
    {
        ref var position = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _participants.GetAlternateLookup<ReadOnlySpan<char>>(), id, out var known);
        if (known)
        {
            return false;
        }

        position = _references.Count;
        _references.Add(key.ReferenceOf(id).Value);
        _ages.Add((byte)(age ?? byte.MaxValue));
        _terms.Add(VariableKind.Sex, SexCodes.Of(sex), position);
        _datasets.Add(default, dataset, position);
        if (enrolled is { } day)
        {
            _enrolled.Add(position, day.DayNumber);
        }

        return true;
    }

    public bool Permission(ReadOnlySpan<char> id, ReadOnlySpan<char> permission) =>
        Find(id, out var position) && _permissions.Add(default, permission, position);

    public bool Condition(ReadOnlySpan<char> id, ReadOnlySpan<char> code) => Fact(VariableKind.Condition, id, code);

    public bool Drug(ReadOnlySpan<char> id, ReadOnlySpan<char> code) => Fact(VariableKind.Drug, id, code);

    public bool Biosample(ReadOnlySpan<char> id, ReadOnlySpan<char> type) => Fact(VariableKind.Biosample, id, type);

    public bool Data(ReadOnlySpan<char> id, ReadOnlySpan<char> type) => Fact(VariableKind.Data, id, type);

    public bool Attribute(ReadOnlySpan<char> id, ReadOnlySpan<char> name, ReadOnlySpan<char> value) =>
        Fact(VariableKind.Attribute, id, $"{name}={value}");

    public bool Measurement(ReadOnlySpan<char> id, ReadOnlySpan<char> code, double value)
    {
        if (!Find(id, out var position))
        {
            return false;
        }

        ref var values = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _measurements.GetAlternateLookup<ReadOnlySpan<char>>(), code, out _);
        (values ??= new()).Add(position, value);
        return true;
    }

    public CohortIndex Build(LoadReport report, DateTimeOffset loadedAt)
    {
        var references = _references.ToArray();
        var order = new int[references.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        // Participants are numbered in the order of their opaque references: a position says nothing about the source.
        Array.Sort(references, order);
        var ids = new int[order.Length];
        for (var id = 0; id < order.Length; id++)
        {
            ids[order[id]] = id;
        }

        var sets = _terms.Build(ids);
        RollUp(sets, ids.Length);
        return new()
        {
            References = references,
            Sets = sets.ToFrozenDictionary(),
            YoungerThan = YoungerThan(ids),
            Measurements = _measurements.ToFrozenDictionary(m => m.Key, m => m.Value.Build(ids)),
            Enrolled = _enrolled.Build(ids),
            Datasets = _datasets.Build(ids).ToFrozenDictionary(d => d.Key.Code, d => d.Value),
            Permissions = _permissions.Build(ids).ToFrozenDictionary(p => p.Key.Code, p => p.Value),
            Holdings = _holdings.ToFrozenSet(),
            Codes = _codes.ToFrozenDictionary(),
            Report = report,
            LoadedAt = loadedAt,
        };
    }

    private bool Fact(VariableKind kind, ReadOnlySpan<char> id, ReadOnlySpan<char> code) =>
        Find(id, out var position) && _terms.Add(kind, code, position);

    private bool Find(ReadOnlySpan<char> id, out int position) =>
        _participants.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out position);

    private void RollUp(Dictionary<Term, ParticipantSet> sets, int participants)
    {
        var own = sets.ToFrozenDictionary(); // closure pairs: an ancestor adds up original sets, never rolled-up ones
        var words = new ulong[ParticipantSet.WordsFor(participants)];
        foreach (var (ancestor, descendants) in _descendants)
        {
            foreach (var kind in (ReadOnlySpan<VariableKind>)[VariableKind.Condition, VariableKind.Drug])
            {
                var parts = descendants.Append(ancestor)
                    .Select(code => own.GetValueOrDefault(new(kind, code))).OfType<ParticipantSet>().ToList();
                if (parts.Count == 1)
                {
                    sets[new(kind, ancestor)] = parts[0];
                }
                else if (parts.Count > 1)
                {
                    Array.Clear(words);
                    parts.ForEach(part => part.OrInto(words));
                    sets[new(kind, ancestor)] = ParticipantSet.FromWords([.. words], participants);
                }
            }
        }
    }

    private ulong[][] YoungerThan(int[] ids)
    {
        var oldest = _ages.Where(age => age < OldestAge).DefaultIfEmpty().Max();
        var bitmaps = new ulong[oldest + 2][];
        bitmaps[0] = new ulong[ParticipantSet.WordsFor(ids.Length)];
        for (var age = 0; age <= oldest; age++)
        {
            bitmaps[age + 1] = new ulong[bitmaps[0].Length];
        }

        for (var position = 0; position < ids.Length; position++)
        {
            if (_ages[position] <= oldest)
            {
                bitmaps[_ages[position] + 1][ids[position] >> 6] |= 1UL << ids[position];
            }
        }

        for (var age = 1; age < bitmaps.Length; age++)
        {
            Bitmap.Or(bitmaps[age], bitmaps[age - 1]);
        }

        return bitmaps;
    }
}
