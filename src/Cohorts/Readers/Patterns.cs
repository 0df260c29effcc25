using System.Text.RegularExpressions;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Forms of names and of parts of a variant. All are applied to bounded text only.</summary>
internal static partial class Patterns
{
    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,30}\z")]
    public static partial Regex Slug();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,63}\z")]
    public static partial Regex AttributeName();

    [GeneratedRegex(@"\Ars[1-9][0-9]{0,11}\z")]
    public static partial Regex RsId();

    [GeneratedRegex(@"\A([1-9]|1[0-9]|2[0-2]|X|Y|MT):([1-9][0-9]{0,8})\z")]
    public static partial Regex Position();

    [GeneratedRegex(@"\A[ACGT]+\z")]
    public static partial Regex Allele();
}
