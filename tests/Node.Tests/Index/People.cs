using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Adapters;
using Kakehashi.Cohorts;
using Kakehashi.Contracts;
using Kakehashi.Node.Index;

namespace Kakehashi.Node.Tests.Index;

/// <summary>One made-up participant, and what the naive reading of the cohort language says of them.</summary>
public sealed record Person(
    string Id, Sex Sex, int? Age, DateOnly? Enrolled, string Dataset, string[] Permissions, string[] Conditions, double[] Values, string[] Biosamples)
{
    public bool Fulfils(Criterion criterion) => criterion switch
    {
        All all => all.Members.All(Fulfils),
        Any any => any.Members.Any(Fulfils),
        Not not => !Fulfils(not.Inner),
        SexIs sex => SexCodes.Of(Sex) == sex.Sex,
        AgeIn age => Age >= age.From && Age < age.To,
        EnrolledIn enrolled => Enrolled is { } day && !(day < enrolled.From) && !(day >= enrolled.To),
        HasCondition condition => Conditions.Any(code => code == condition.Code || code.StartsWith(condition.Code + ".", StringComparison.Ordinal)),
        HasMeasurement measured => Values.Any(value => !(value < measured.From) && !(value >= measured.To)),
        HasBiosample biosample => Biosamples.Contains(biosample.Type),
        _ => throw new ArgumentOutOfRangeException(nameof(criterion)),
    };
}

/// <summary>Random populations and questions.</summary>
public static class People
{
    public const string Measured = "LOINC:4548-4";

    private static readonly string[] Codes = ["ICD10:E11", "ICD10:E11.2", "ICD10:E11.9", "ICD10:I10", "ICD10:F00", "ICD10:F00.1"];
    private static readonly string[] Types = ["dna", "serum"];
    private static readonly string[] Permitted = ["GRU", "HMB", "POA", "DS:ICD10:F00", "commercial", "abroad"];
    private static readonly DateOnly FirstDay = new(2015, 1, 1);

    public static Gen<Person[]> Population { get; } = Gen.Sized(size =>
        from count in Gen.Choose(0, 40 + (size * 12))
        from people in Gen.ArrayOf(One, count)
        select people.Select((person, i) => person with { Id = string.Create(CultureInfo.InvariantCulture, $"P{i}") }).ToArray());

    public static Gen<Criterion> Question { get; } = Gen.Sized(size => OfDepth(Math.Min(3, size / 10)));

    private static Gen<Person> One { get; } =
        from sex in Gen.Elements(Sex.Female, Sex.Female, Sex.Male, Sex.Male, Sex.Other, Sex.Unknown)
        from age in Gen.Choose(-5, 100)
        from day in Gen.Choose(-300, 3000)
        from dataset in Gen.Elements("first", "second")
        from permissions in Some(Permitted)
        from conditions in Some(Codes)
        from values in Gen.Choose(40, 90).Select(tenths => tenths / 10d).ArrayOf()
        from biosamples in Some(Types)
        select new Person("", sex, age < 0 ? null : age, day < 0 ? null : FirstDay.AddDays(day), dataset, permissions, conditions, [.. values.Take(2)], biosamples);

    public static CohortIndex IndexOf(IEnumerable<Person> people)
    {
        var builder = new IndexBuilder(new ReferenceKey(new byte[32]));
        foreach (var kind in (ReadOnlySpan<VariableKind>)[VariableKind.Sex, VariableKind.Age, VariableKind.Enrolled])
        {
            builder.Holds(kind, null);
        }

        builder.Holds(VariableKind.Condition, "ICD10");
        builder.Code(new(VariableKind.Measurement, Measured, "HbA1c", null, "%"));
        foreach (var code in Codes.Where(c => c.Contains('.', StringComparison.Ordinal)))
        {
            builder.Ancestor(code[..code.IndexOf('.', StringComparison.Ordinal)], code);
        }

        foreach (var person in people)
        {
            builder.Participant(person.Id, person.Sex, person.Age, person.Enrolled, person.Dataset);
            Array.ForEach(person.Permissions, p => builder.Permission(person.Id, p));
            Array.ForEach(person.Conditions, c => builder.Condition(person.Id, c));
            Array.ForEach(person.Values, v => builder.Measurement(person.Id, Measured, v));
            Array.ForEach(person.Biosamples, b => builder.Biosample(person.Id, b));
        }

        return builder.Build(new LoadReport([], []), DateTimeOffset.UnixEpoch);
    }

    public static ParticipantRef ReferenceOf(Person person) => new ReferenceKey(new byte[32]).ReferenceOf(person.Id);

    private static Gen<string[]> Some(string[] all) =>
        Gen.ListOf(Gen.Choose(0, 3), all.Length).Select(draws => all.Where((_, i) => draws[i] == 0).ToArray());

    private static Gen<Criterion> OfDepth(int depth) => depth == 0 ? Leaf : Gen.Frequency(
        (2, Leaf),
        (1, Members(depth).Select(Criterion (members) => new All(members))),
        (1, Members(depth).Select(Criterion (members) => new Any(members))),
        (1, OfDepth(depth - 1).Select(Criterion (inner) => new Not(inner))));

    private static Gen<Criterion[]> Members(int depth) =>
        Gen.Choose(1, 3).SelectMany(count => Gen.ArrayOf(OfDepth(depth - 1), count));

    private static Gen<Criterion> Leaf { get; } = Gen.OneOf<Criterion>(
        Gen.Elements(SexCodes.All).Select(Criterion (sex) => new SexIs(sex)),
        from age in Gen.Choose(0, 110)
        from years in Gen.Choose(1, 130)
        select (Criterion)new AgeIn(age, Math.Min(age + years, AgeIn.NoEnd)),
        from day in Gen.Choose(-100, 3100)
        from days in Gen.Choose(1, 1000)
        select (Criterion)new EnrolledIn(day < 0 ? null : FirstDay.AddDays(day), days > 900 ? null : FirstDay.AddDays(Math.Max(0, day) + days)),
        Gen.Elements(Codes.Append("ICD10:Z99").ToArray()).Select(Criterion (code) => new HasCondition(code)),
        from tenths in Gen.Choose(30, 95)
        from width in Gen.Choose(1, 30)
        select (Criterion)new HasMeasurement(Measured, tenths > 90 ? null : tenths / 10d, width > 27 ? null : (Math.Min(tenths, 90) + width) / 10d, "%"),
        Gen.Elements(Types).Select(Criterion (type) => new HasBiosample(type)));
}
