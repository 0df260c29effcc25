namespace Kakehashi.Cohorts;

/// <summary>
/// What a participant must fulfil: a combinator or a leaf. Equal criteria say the same; where they were written does
/// not count.
/// </summary>
public abstract record Criterion
{
    private protected Criterion()
    {
    }

    /// <summary>JSON pointer to the first place in the original definition where this was written.</summary>
    public string Pointer { get; init; } = "";

    public virtual bool Equals(Criterion? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>All leaves, in order, this criterion itself when it is one.</summary>
    public IEnumerable<Leaf> LeavesWithin() => this switch
    {
        Leaf leaf => [leaf],
        Not not => not.Inner.LeavesWithin(),
        Combination combination => combination.Members.SelectMany(member => member.LeavesWithin()),
        _ => [],
    };
}

/// <summary>Several criteria taken together.</summary>
public abstract record Combination(IReadOnlyList<Criterion> Members) : Criterion
{
    public virtual bool Equals(Combination? other) => base.Equals(other) && Members.SequenceEqual(other.Members);

    public override int GetHashCode() => Members.Aggregate(base.GetHashCode(), HashCode.Combine);
}

/// <summary>The participant fulfils every member.</summary>
public sealed record All(IReadOnlyList<Criterion> Members) : Combination(Members);

/// <summary>The participant fulfils at least one member.</summary>
public sealed record Any(IReadOnlyList<Criterion> Members) : Combination(Members);

/// <summary>The participant does not fulfil the inner criterion; who has no value for it does not fulfil it.</summary>
public sealed record Not(Criterion Inner) : Criterion;
