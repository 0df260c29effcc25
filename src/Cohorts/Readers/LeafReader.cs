using System.Text.Json;
using Kakehashi.Cohorts.Codes;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Builds the leaves. Each kind has one form; ranges are half-open.</summary>
internal sealed class LeafReader(Faults faults)
{
    public static readonly IReadOnlyList<string> Kinds =
        ["sex", "age", "condition", "drug", "measurement", "biosample", "data", "variant", "enrolled", "attribute"];

    private const string SlugForm = "2 to 31 of a-z, 0-9 and -, first a letter";
    private const string NameForm = "1 to 64 of A-Z, a-z, 0-9, _ and -, first a letter";

    public Leaf? Read(string kind, JsonElement value, Place at) => kind switch
    {
        "sex" => Scalars.Word(value, at, SexIs.Words, faults) is { } sex ? new SexIs(sex) : null,
        "age" => Age(value, at),
        "condition" => Code(value, at, CodeRules.Conditions) is { } code ? new HasCondition(code) : null,
        "drug" => Code(value, at, CodeRules.Drugs) is { } code ? new HasDrug(code) : null,
        "measurement" => Measurement(value, at),
        "biosample" => Slug(value, at) is { } type ? new HasBiosample(type) : null,
        "data" => Slug(value, at) is { } type ? new HasData(type) : null,
        "variant" => new VariantReader(faults).Read(value, at),
        "enrolled" => Enrolled(value, at),
        _ => Attribute(value, at),
    };

    private AgeIn? Age(JsonElement value, Place at)
    {
        if (ClosedObject.Read(value, at, RangeRules.Ends, faults) is not { } members || !RangeRules.HasEnds(members, at, faults))
        {
            return null;
        }

        var from = members.TryGetValue("from", out var f) ? Scalars.Whole(f, at.At("from"), 0, AgeIn.Oldest, faults) : 0;
        var to = members.TryGetValue("to", out var t) ? Scalars.Whole(t, at.At("to"), 0, AgeIn.Oldest, faults) : AgeIn.NoEnd;
        return from is { } first && to is { } end && RangeRules.IsRange<int>(first, end, at, faults) ? new(first, end) : null;
    }

    private EnrolledIn? Enrolled(JsonElement value, Place at)
    {
        if (ClosedObject.Read(value, at, RangeRules.Ends, faults) is not { } members || !RangeRules.HasEnds(members, at, faults))
        {
            return null;
        }

        var from = members.TryGetValue("from", out var f) ? Scalars.Date(f, at.At("from"), faults) : null;
        var to = members.TryGetValue("to", out var t) ? Scalars.Date(t, at.At("to"), faults) : null;
        return RangeRules.IsRange(from, to, at, faults) ? new(from, to) : null;
    }

    private HasMeasurement? Measurement(JsonElement value, Place at)
    {
        if (ClosedObject.Read(value, at, ["code", "from", "to", "unit"], faults) is not { } members)
        {
            return null;
        }

        var code = ClosedObject.Required(members, "code", at, faults) is { } c ? Code(c, at.At("code"), CodeRules.Measurements) : null;
        var from = members.TryGetValue("from", out var f) ? Scalars.Number(f, at.At("from"), faults) : null;
        var to = members.TryGetValue("to", out var t) ? Scalars.Number(t, at.At("to"), faults) : null;
        var unit = members.TryGetValue("unit", out var u) ? UnitRules.Read(u, at.At("unit"), faults) : null;
        var hasRange = members.ContainsKey("from") || members.ContainsKey("to");
        if (hasRange && !members.ContainsKey("unit"))
        {
            faults.Add(FaultCodes.MissingUnit, at, "A range needs the unit its numbers are in.", "a UCUM unit in 'unit'");
        }

        // Without a range the unit changes nothing: "has a value" is the same in every unit.
        return RangeRules.IsRange(from, to, at, faults) && code is not null ? new(code, from, to, hasRange ? unit : null) : null;
    }

    private AttributeIs? Attribute(JsonElement value, Place at)
    {
        if (ClosedObject.Read(value, at, ["name", "value"], faults) is not { } members)
        {
            return null;
        }

        var name = ClosedObject.Required(members, "name", at, faults) is { } n
            ? Scalars.Matching(n, at.At("name"), Patterns.AttributeName(), FaultCodes.MalformedName, NameForm, faults)
            : null;
        var wanted = ClosedObject.Required(members, "value", at, faults) is { } v ? Scalars.Text(v, at.At("value"), "a text", Bounds.TextLength, faults) : null;
        return name is not null && wanted is not null ? new(name, wanted) : null;
    }

    private string? Slug(JsonElement value, Place at) =>
        Scalars.Matching(value, at, Patterns.Slug(), FaultCodes.MalformedName, SlugForm, faults);

    private string? Code(JsonElement value, Place at, IReadOnlyList<string> systems)
    {
        if (Scalars.Text(value, at, "a CURIE such as ICD10:E11", Bounds.NameLength, faults) is not { } code)
        {
            return null;
        }

        if (CodeRules.WhyNot(code, systems) is not { } wrong)
        {
            return code;
        }

        if (wrong == FaultCodes.UnknownCodeSystem)
        {
            faults.AddUnknown(wrong, at, "The code system", code.Split(':')[0], systems);
        }
        else
        {
            faults.Add(wrong, at, wrong == FaultCodes.WrongCheckDigit ? "The code's check digit is wrong: a digit is mistyped." : "The code is malformed.", CodeRules.FormOf(code));
        }

        return null;
    }
}
