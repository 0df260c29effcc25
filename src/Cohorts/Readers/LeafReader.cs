using Kakehashi.Cohorts.Codes;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Builds the leaves. Each kind has one form.</summary>
internal static class LeafReader
{
    private const string SlugForm = "2 to 31 of a-z, 0-9 and -, first a letter";
    private const string NameForm = "1 to 64 of A-Z, a-z, 0-9, _ and -, first a letter";
    private static readonly string[] MeasurementMembers = ["code", "from", "to", "unit"];
    private static readonly string[] AttributeMembers = ["name", "value"];

    public static IReadOnlyList<string> Kinds { get; } =
        ["sex", "age", "condition", "drug", "measurement", "biosample", "data", "variant", "enrolled", "attribute"];

    public static Leaf? Read(string kind, Written value) => kind switch
    {
        "sex" => Texts.Word(value, SexIs.Words) is { } sex ? new SexIs(sex) : null,
        "age" => Age(value),
        "condition" => Code(value, CodeRules.Conditions) is { } code ? new HasCondition(code) : null,
        "drug" => Code(value, CodeRules.Drugs) is { } code ? new HasDrug(code) : null,
        "measurement" => Measurement(value),
        "biosample" => Slug(value) is { } type ? new HasBiosample(type) : null,
        "data" => Slug(value) is { } type ? new HasData(type) : null,
        "variant" => VariantReader.Read(value),
        "enrolled" => Enrolled(value),
        _ => Attribute(value),
    };

    private static AgeIn? Age(Written range)
    {
        if (RangeRules.EndsOf(range) is not { } ends)
        {
            return null;
        }

        var from = ends.Optional("from") is { } first ? Numbers.Whole(first, 0, AgeIn.Oldest) : 0;
        var to = ends.Optional("to") is { } end ? Numbers.Whole(end, 0, AgeIn.Oldest) : AgeIn.NoEnd;
        return RangeRules.IsRange(range, from, to) && (from, to) is ({ } age, { } until) ? new(age, until) : null;
    }

    private static EnrolledIn? Enrolled(Written range)
    {
        if (RangeRules.EndsOf(range) is not { } ends)
        {
            return null;
        }

        var from = ends.Optional("from") is { } first ? Texts.Date(first) : null;
        var to = ends.Optional("to") is { } end ? Texts.Date(end) : null;
        return RangeRules.IsRange(range, from, to) ? new(from, to) : null;
    }

    private static HasMeasurement? Measurement(Written measurement)
    {
        if (Members.Of(measurement, MeasurementMembers) is not { } members)
        {
            return null;
        }

        var code = members.Required("code") is { } curie ? Code(curie, CodeRules.Measurements) : null;
        var (first, end) = (members.Optional("from"), members.Optional("to"));
        var from = first is null ? null : Numbers.Number(first.Value);
        var to = end is null ? null : Numbers.Number(end.Value);
        var unit = members.Optional("unit") is { } ucum ? UnitRules.Read(ucum) : null;
        var hasRange = first is not null || end is not null;
        if (hasRange && members.Optional("unit") is null)
        {
            measurement.Fault(FaultCodes.MissingUnit, "A range needs the unit of its numbers.", "'unit' in UCUM");
        }

        // Without a range the unit changes nothing: "has a value" is the same in every unit.
        return RangeRules.IsRange(measurement, from, to) && code is not null
            ? new(code, from, to, hasRange ? unit : null)
            : null;
    }

    private static AttributeIs? Attribute(Written attribute)
    {
        if (Members.Of(attribute, AttributeMembers) is not { } members)
        {
            return null;
        }

        var name = members.Required("name") is { } n
            ? Texts.Matching(n, Patterns.AttributeName(), FaultCodes.MalformedName, NameForm)
            : null;
        var value = members.Required("value") is { } v ? Texts.Text(v, "a text", Bounds.TextLength) : null;
        return name is not null && value is not null ? new(name, value) : null;
    }

    private static string? Slug(Written value) =>
        Texts.Matching(value, Patterns.Slug(), FaultCodes.MalformedName, SlugForm);

    private static string? Code(Written value, IReadOnlyList<string> systems)
    {
        if (Texts.Text(value, "a CURIE such as ICD10:E11") is not { } code)
        {
            return null;
        }

        switch (CodeRules.WhyNot(code, systems))
        {
            case null:
                return code;
            case FaultCodes.UnknownCodeSystem:
                value.FaultUnknown(FaultCodes.UnknownCodeSystem, "The code system", code.Split(':')[0], systems);
                return null;
            case FaultCodes.WrongCheckDigit:
                value.Fault(FaultCodes.WrongCheckDigit, "Mistyped: wrong check digit.", CodeRules.FormOf(code));
                return null;
            case var broken:
                value.Fault(broken, "The code is malformed.", CodeRules.FormOf(code));
                return null;
        }
    }
}
