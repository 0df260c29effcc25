namespace Kakehashi.Cohorts.Forms;

/// <summary>
/// Same meaning, one form: members of all and any are sorted and each is there once; all in all, any in any and lists
/// of one are dissolved; not not is nothing. Only what is decided locally; De Morgan's laws are not applied.
/// </summary>
internal static class SimplificationRules
{
    public static Simple Simplify(Criterion criterion) => criterion switch
    {
        All all => Join(all, "all"),
        Any any => Join(any, "any"),
        Not not => Negate(not),
        _ => new(criterion, LeafJson.TextOf((Leaf)criterion), []),
    };

    private static Simple Negate(Not not)
    {
        var inner = Simplify(not.Inner);
        return inner.Criterion is Not
            ? inner.Members[0]
            : new(not with { Inner = inner.Criterion }, $$"""{"not":{{inner.Text}}}""", [inner]);
    }

    /// <summary>Of equal members the first written stays, and with it its pointer.</summary>
    private static Simple Join(Combination combination, string kind)
    {
        List<Simple> members =
        [
            .. combination.Members
                .Select(Simplify)
                .SelectMany(member => member.Criterion.GetType() == combination.GetType() ? member.Members : [member])
                .DistinctBy(member => member.Text)
                .OrderBy(member => member.Text, StringComparer.Ordinal),
        ];
        return members is [var only] ? only : new(
            combination with { Members = [.. members.Select(member => member.Criterion)] },
            $$"""{"{{kind}}":[{{string.Join(',', members.Select(member => member.Text))}}]}""",
            members);
    }
}

/// <summary>A simplified criterion with its canonical text, which grows from the texts of its members.</summary>
internal sealed record Simple(Criterion Criterion, string Text, IReadOnlyList<Simple> Members);
