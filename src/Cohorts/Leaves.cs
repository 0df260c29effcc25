namespace Kakehashi.Cohorts;

/// <summary>A condition on one variable.</summary>
public abstract record Leaf : Criterion
{
    /// <summary>Kind and code of the variable, no literals or ranges: <c>condition ICD10:E11</c>, <c>age</c>.</summary>
    public abstract string Variable { get; }
}

/// <summary>Administrative sex: female, male, other or unknown.</summary>
public sealed record SexIs(string Sex) : Leaf
{
    public static IReadOnlyList<string> Words { get; } = ["female", "male", "other", "unknown"];

    public override string Variable => "sex";
}

/// <summary>Whole years on the data date, in [From, To).</summary>
public sealed record AgeIn(int From, int To) : Leaf
{
    /// <summary>The greatest age that can be asked for.</summary>
    public const int Oldest = 130;

    /// <summary><see cref="To"/> of a range without upper end: above every age.</summary>
    public const int NoEnd = Oldest + 1;

    public override string Variable => "age";
}

/// <summary>Enrolled on a day in [From, To); null is open.</summary>
public sealed record EnrolledIn(DateOnly? From, DateOnly? To) : Leaf
{
    public override string Variable => "enrolled";
}

/// <summary>Has or had the condition (CURIE; of ICD10 also a block, ICD10:E10-E14) or a descendant of it.</summary>
public sealed record HasCondition(string Code) : Leaf
{
    public override string Variable => $"condition {Code}";
}

/// <summary>Took or was given the drug or a descendant of it.</summary>
public sealed record HasDrug(string Code) : Leaf
{
    public override string Variable => $"drug {Code}";
}

/// <summary>
/// Has a value of the measurement; with a range, one in [From, To) in this UCUM unit. Null is open; no range, no unit.
/// </summary>
public sealed record HasMeasurement(string Code, double? From, double? To, string? Unit) : Leaf
{
    public override string Variable => $"measurement {Code}";
}

/// <summary>The biobank keeps a biosample of this type.</summary>
public sealed record HasBiosample(string Type) : Leaf
{
    public override string Variable => $"biosample {Type}";
}

/// <summary>The biobank keeps data of this type.</summary>
public sealed record HasData(string Type) : Leaf
{
    public override string Variable => $"data {Type}";
}

/// <summary>A categorical variable of the biobank's own has this value.</summary>
public sealed record AttributeIs(string Name, string Value) : Leaf
{
    public override string Variable => $"attribute {Name}";
}

/// <summary>Carries the variant of this dbSNP id.</summary>
public sealed record HasVariant(string Rs, Genotype Genotype) : Leaf
{
    public override string Variable => $"variant {Rs}";
}

/// <summary>Carries the variant at this position of GRCh38 (chromosome 1 to 22, X, Y or MT; counted from 1).</summary>
public sealed record HasVariantAt(string Chromosome, int Position, string Ref, string Alt, Genotype Genotype) : Leaf
{
    public override string Variable => $"variant {Chromosome}:{Position}:{Ref}:{Alt}";
}

/// <summary>How many copies of the alternate allele.</summary>
public enum Genotype
{
    /// <summary>At least one.</summary>
    Any,

    /// <summary>Exactly one.</summary>
    Het,

    /// <summary>Only the alternate allele.</summary>
    Hom,
}
