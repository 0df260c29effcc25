namespace Kakehashi.Adapters;

/// <summary>What is wrong with a source as a whole, gathered before anything is poured, so that all of it is said at once.</summary>
internal sealed class SourceProblems
{
    private const int NearestNames = 3;

    private readonly List<Fault> _problems = [];

    public void Add(string code, string text) => _problems.Add(new(code, text));

    /// <summary>A name the mapping uses is not there; says which of the names that are there come nearest.</summary>
    public void Missing(string code, string what, string name, IEnumerable<string> present)
    {
        var nearest = present.Where(p => p.Length > 0).OrderBy(p => Distance(p, name)).Take(NearestNames).Select(p => $"'{p}'").ToList();
        Add(code, $"{what} '{name}' is not there; nearest: {(nearest.Count == 0 ? "none" : string.Join(", ", nearest))}");
    }

    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw new BiobankUnreadableException(string.Join('\n', _problems.Select(p => p.Text).Distinct())) { Code = _problems[0].Code };
        }
    }

    /// <summary>Edit distance (Levenshtein), without regard to case.</summary>
    internal static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                var cost = Math.Min(diagonal + (same ? 0 : 1), Math.Min(row[j], row[j - 1]) + 1);
                (diagonal, row[j]) = (row[j], cost);
            }
        }

        return row[^1];
    }
}
