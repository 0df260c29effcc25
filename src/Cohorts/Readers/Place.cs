namespace Kakehashi.Cohorts.Readers;

/// <summary>Where the reader is in the definition. Becomes text (RFC 6901) only when something needs it.</summary>
internal sealed record Place(Place? Parent, string Step)
{
    public static readonly Place Root = new(null, "");

    public Place At(string member) => new(this, member);

    public Place At(int index) => new(this, $"{index}");

    /// <summary>
    /// The pointer; it ends at the enclosing object of a member whose name is too long or not printable, so that no
    /// answer is longer or stranger than its question.
    /// </summary>
    public string Pointer()
    {
        var steps = new Stack<string>();
        for (var place = this; place.Parent is not null; place = place.Parent)
        {
            steps.Push(place.Step);
        }

        return string.Concat(steps.TakeWhile(IsPlain).Select(step => $"/{Escaped(step)}"));
    }

    public static bool IsPlain(string name) => name.Length <= Bounds.NameLength && !name.Any(char.IsControl);

    private static string Escaped(string step) =>
        step.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
