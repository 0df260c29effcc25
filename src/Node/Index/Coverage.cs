using Kakehashi.Adapters;
using Kakehashi.Cohorts;
using Kakehashi.Contracts;

namespace Kakehashi.Node.Index;

/// <summary>
/// Whether a biobank holds what a question needs. Not holding a variable or a code system is not the same as nobody having
/// it: the first is said, the second is a count.
/// </summary>
public static class Coverage
{
    /// <summary>The leaves the biobank does not hold, each with its reason.</summary>
    public static IReadOnlyList<(Leaf Leaf, Reason Why)> Missing(CohortIndex index, Cohort cohort, int threshold) =>
        [.. cohort.Root.LeavesWithin().Select(leaf => (leaf, Why: ReasonFor(index, leaf, threshold)!)).Where(m => m.Why is not null)];

    private static Reason? ReasonFor(CohortIndex index, Leaf leaf, int threshold) =>
        WhyNot(index, leaf, threshold) is { } why ? new("node.not-held", why)
        : leaf is HasMeasurement measured && index.UnitFor(measured) is null
            ? new("node.other-unit", $"The biobank gives {measured.Code} in {index.Codes[new(VariableKind.Measurement, measured.Code)].Unit}, which {measured.Unit} cannot be converted to.")
        : null;

    private static string? WhyNot(CohortIndex index, Leaf leaf, int threshold) => leaf switch
    {
        SexIs => Needs(index, VariableKind.Sex),
        AgeIn => Needs(index, VariableKind.Age),
        EnrolledIn => Needs(index, VariableKind.Enrolled),
        HasCondition condition => NeedsSystem(index, VariableKind.Condition, condition.Code),
        HasDrug drug => NeedsSystem(index, VariableKind.Drug, drug.Code),
        HasMeasurement measured => index.Measurements.ContainsKey(measured.Code) ? null : NotHeld(leaf),
        HasBiosample biosample => NeedsCode(index, new(VariableKind.Biosample, biosample.Type), leaf, threshold),
        HasData data => NeedsCode(index, new(VariableKind.Data, data.Type), leaf, threshold),
        AttributeIs attribute => index.Sets.Keys.Any(term =>
            term.Kind == VariableKind.Attribute && term.Code.StartsWith($"{attribute.Name}=", StringComparison.Ordinal))
            ? null
            : NotHeld(leaf),
        _ => NotHeld(leaf),
    };

    private static string? Needs(CohortIndex index, VariableKind kind) =>
        index.Holdings.Contains(new(kind, null)) ? null : $"The biobank does not hold {Word(kind)}.";

    private static string? NeedsSystem(CohortIndex index, VariableKind kind, string code)
    {
        var system = code[..code.IndexOf(':', StringComparison.Ordinal)];
        return index.Holdings.Contains(new(kind, system)) ? null : $"The biobank's {Word(kind)}s are not coded in {system}.";
    }

    /// <summary>A type that a few participants have and no code list names stays unsaid: its absence and its rarity look alike.</summary>
    private static string? NeedsCode(CohortIndex index, Term term, Leaf leaf, int threshold) =>
        index.Codes.ContainsKey(term) || index.Sets.GetValueOrDefault(term)?.Count >= threshold ? null : NotHeld(leaf);

    private static string NotHeld(Leaf leaf) => $"The biobank does not hold {leaf.Variable}.";

    private static string Word(VariableKind kind) => kind switch
    {
        VariableKind.Sex => "sex",
        VariableKind.Age => "age",
        VariableKind.Enrolled => "the day of enrolment",
        VariableKind.Drug => "drug",
        _ => "condition",
    };
}
