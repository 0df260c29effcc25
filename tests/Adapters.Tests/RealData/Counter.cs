using System.Globalization;
using System.Text.Json;

namespace Kakehashi.Adapters.Tests.RealData;

/// <summary>Counts a cohort over collected people in the plainest way, person by person.</summary>
public sealed class Counter(Collector sink)
{
    private readonly ILookup<string, string> _descendants = sink.Ancestors.ToLookup(a => a.Ancestor, a => a.Descendant);

    /// <summary>Null when a variable of the question is not held.</summary>
    public long? Count(string cohort)
    {
        using var document = JsonDocument.Parse(cohort);
        return Holds(document.RootElement) ? sink.People.Values.LongCount(p => Fulfils(p, document.RootElement)) : null;
    }

    private bool Holds(JsonElement criterion)
    {
        var (kind, value) = Only(criterion);
        return kind switch
        {
            "all" or "any" => value.EnumerateArray().All(Holds),
            "not" => Holds(value),
            "condition" or "drug" => Held(kind, System(value)),
            "measurement" => Held(kind, System(value.GetProperty("code"))),
            _ => Held(kind, null),
        };
    }

    private bool Fulfils(Person person, JsonElement criterion)
    {
        var (kind, value) = Only(criterion);
        return kind switch
        {
            "all" => value.EnumerateArray().All(c => Fulfils(person, c)),
            "any" => value.EnumerateArray().Any(c => Fulfils(person, c)),
            "not" => !Fulfils(person, value),
            "sex" => string.Equals(person.Sex.ToString(), value.GetString(), StringComparison.OrdinalIgnoreCase),
            "age" => person.Age is { } age && Within(age, value),
            "enrolled" => person.Enrolled is { } day && Day(value, "from", DateOnly.MinValue) <= day && day < Day(value, "to", DateOnly.MaxValue),
            "condition" => Has(person, VariableKind.Condition, value.GetString()!),
            "drug" => Has(person, VariableKind.Drug, value.GetString()!),
            "biosample" => person.Facts.Contains((VariableKind.Biosample, value.GetString()!)),
            "data" => person.Facts.Contains((VariableKind.Data, value.GetString()!)),
            "attribute" => person.Facts.Contains((VariableKind.Attribute, $"{value.GetProperty("name")}={value.GetProperty("value")}")),
            "measurement" => person.Measurements.TryGetValue(value.GetProperty("code").GetString()!, out var values) && values.Any(v => Within(v, value)),
            _ => throw new NotSupportedException(kind),
        };
    }

    private bool Has(Person person, VariableKind kind, string code) =>
        _descendants[code].Prepend(code).Any(c => person.Facts.Contains((kind, c)));

    private bool Held(string kind, string? system) =>
        sink.Held.Contains((Enum.Parse<VariableKind>(kind, ignoreCase: true), system));

    private static bool Within(double number, JsonElement range) =>
        (!range.TryGetProperty("from", out var from) || number >= from.GetDouble())
        && (!range.TryGetProperty("to", out var to) || number < to.GetDouble());

    private static DateOnly Day(JsonElement range, string end, DateOnly open) =>
        range.TryGetProperty(end, out var day) ? DateOnly.Parse(day.GetString()!, CultureInfo.InvariantCulture) : open;

    private static string System(JsonElement code) => code.GetString()!.Split(':')[0];

    private static (string Kind, JsonElement Value) Only(JsonElement criterion)
    {
        var member = criterion.EnumerateObject().Single();
        return (member.Name, member.Value);
    }
}
