using System.Text;

namespace Kakehashi.Adapters.Tests;

/// <summary>A sink that keeps everything and holds adapters to their contract.</summary>
public sealed class Collector : IBiobankSink
{
    private readonly List<string> _breaches = [];
    private readonly HashSet<string> _codes = [];
    private bool _facts;

    public Dictionary<string, Person> People { get; } = [];

    public HashSet<(VariableKind Kind, string? System)> Held { get; } = [];

    public Dictionary<(VariableKind Kind, string Code), CodeEntry> CodeEntries { get; } = [];

    public HashSet<(string Ancestor, string Descendant)> Ancestors { get; } = [];

    /// <summary>What an adapter did that its contract does not allow.</summary>
    public IReadOnlyList<string> Breaches => _breaches;

    /// <summary>Called before each participant and fact; lets a test cancel in the middle.</summary>
    public Action? OnRow { get; set; }

    public void Holds(VariableKind kind, string? codeSystem)
    {
        Require(Held.Add((kind, codeSystem)), $"held twice: {kind} {codeSystem}");
    }

    public void Code(CodeEntry entry)
    {
        _codes.Add(entry.Code);
        Require(CodeEntries.TryAdd((entry.Kind, entry.Code), entry), $"declared twice: {entry.Code}");
    }

    public void Ancestor(string ancestor, string descendant)
    {
        Ancestors.Add((ancestor, descendant));
        foreach (var code in new[] { ancestor, descendant })
        {
            Require(_codes.Contains(code), $"in the hierarchy, but not declared: {code}");
        }
    }

    public bool Participant(ReadOnlySpan<char> id, Sex sex, int? age, DateOnly? enrolled, ReadOnlySpan<char> dataset)
    {
        OnRow?.Invoke();
        Require(!_facts, "a participant after the first fact");
        Require(age is null or (>= 0 and < 130), "an impossible age");
        Require(sex == Sex.Unknown || Held.Contains((VariableKind.Sex, null)), "sex given, but not held");
        Require(age is null || Held.Contains((VariableKind.Age, null)), "age given, but not held");
        Require(enrolled is null || Held.Contains((VariableKind.Enrolled, null)), "enrolled given, but not held");
        return People.TryAdd(id.ToString(), new(sex, age, enrolled, dataset.ToString()));
    }

    public bool Permission(ReadOnlySpan<char> id, ReadOnlySpan<char> permission) => Find(id) is { } person && Done(person.Permissions.Add(permission.ToString()));

    public bool Condition(ReadOnlySpan<char> id, ReadOnlySpan<char> code) => Fact(id, VariableKind.Condition, code.ToString());

    public bool Drug(ReadOnlySpan<char> id, ReadOnlySpan<char> code) => Fact(id, VariableKind.Drug, code.ToString());

    public bool Biosample(ReadOnlySpan<char> id, ReadOnlySpan<char> type) => Fact(id, VariableKind.Biosample, type.ToString());

    public bool Data(ReadOnlySpan<char> id, ReadOnlySpan<char> type) => Fact(id, VariableKind.Data, type.ToString());

    public bool Attribute(ReadOnlySpan<char> id, ReadOnlySpan<char> name, ReadOnlySpan<char> value) =>
        Fact(id, VariableKind.Attribute, $"{name}={value}");

    public bool Measurement(ReadOnlySpan<char> id, ReadOnlySpan<char> code, double value)
    {
        var text = code.ToString();
        Require(double.IsFinite(value), "a measurement that is no number");
        Require(CodeEntries.GetValueOrDefault((VariableKind.Measurement, text))?.Unit is not null, $"a measurement without a unit: {text}");
        if (!Fact(id, VariableKind.Measurement, text))
        {
            return false;
        }

        var person = People[id.ToString()];
        (person.Measurements.TryGetValue(text, out var values) ? values : person.Measurements[text] = []).Add(value);
        return true;
    }

    /// <summary>Everything in it as one text, in a fixed order: equal sources give equal texts.</summary>
    public string Snapshot()
    {
        var text = new StringBuilder();
        foreach (var (id, person) in People.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            text.AppendLine($"{id} {person.Sex} {person.Age} {person.Enrolled:yyyy-MM-dd} {person.Dataset}");
            text.AppendLine("  " + string.Join(' ', person.Permissions.Order(StringComparer.Ordinal)));
            text.AppendLine("  " + string.Join(' ', person.Facts.Select(f => $"{f.Kind}:{f.Code}").Order(StringComparer.Ordinal)));
            foreach (var (code, values) in person.Measurements.OrderBy(m => m.Key, StringComparer.Ordinal))
            {
                text.AppendLine($"  {code} {string.Join(' ', values.Order().Select(v => v.ToString("0.######")))}");
            }
        }

        return text.ToString();
    }

    private Person? Find(ReadOnlySpan<char> id) => People.GetValueOrDefault(id.ToString());

    private bool Fact(ReadOnlySpan<char> id, VariableKind kind, string code)
    {
        OnRow?.Invoke();
        _facts = true;
        Require(CodeEntries.ContainsKey((kind, code)), $"not declared: {kind} {code}");
        Require(Held.Any(h => h.Kind == kind), $"not held: {kind}");
        return Find(id) is { } person && Done(person.Facts.Add((kind, code)));
    }

    private void Require(bool condition, string breach)
    {
        if (!condition)
        {
            _breaches.Add(breach);
        }
    }

    // A fact may come twice; that is no refusal.
    private static bool Done(bool _) => true;
}

/// <summary>One participant as collected.</summary>
public sealed record Person(Sex Sex, int? Age, DateOnly? Enrolled, string Dataset)
{
    public HashSet<string> Permissions { get; } = [];

    public HashSet<(VariableKind Kind, string Code)> Facts { get; } = [];

    public Dictionary<string, List<double>> Measurements { get; } = [];
}
