namespace Kakehashi.Cohorts.Forms;

/// <summary>
/// Same meaning, one form: members of all and any are sorted and each is there once; all in all, any in any and lists
/// of one are dissolved; not not is nothing. Only what is decided locally; De Morgan's laws are not applied.
/// </summary>
internal static class SimplificationRules
{
    public static Criterion Simplify(Criterion criterion) => criterion switch
    {
        Not not => Simplify(not.Inner) switch
        {
            Not twice => twice.Inner,
            var inner => not with { Inner = inner },
        },
        Combination combination => Members(combination) switch
        {
            [var only] => only,
            var members => combination with { Members = members },
        },
        _ => criterion,
    };

    /// <summary>Sorted by canonical text; of equal members the first written stays, and with it its pointer.</summary>
    private static List<Criterion> Members(Combination combination) =>
    [
        .. combination.Members
            .Select(Simplify)
            .SelectMany(member => member.GetType() == combination.GetType() ? ((Combination)member).Members : [member])
            .Select(member => (Text: CriterionJson.TextOf(member), Member: member))
            .DistinctBy(pair => pair.Text)
            .OrderBy(pair => pair.Text, StringComparer.Ordinal)
            .Select(pair => pair.Member),
    ];
}
