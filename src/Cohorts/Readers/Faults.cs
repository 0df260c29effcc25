namespace Kakehashi.Cohorts.Readers;

/// <summary>The faults found so far, in document order; more than a person reads at once are not collected.</summary>
internal sealed class Faults
{
    private readonly List<CohortFault> _found = [];

    public IReadOnlyList<CohortFault> Found => _found;

    public bool IsFull => _found.Count >= Bounds.Faults;

    public void Add(string code, Place at, string message, params IReadOnlyList<string> allowed)
    {
        if (!IsFull)
        {
            _found.Add(new(code, at.Pointer(), message, allowed));
        }
    }

    /// <summary>A word outside a closed list; says which allowed word it resembles.</summary>
    public void AddUnknown(string code, Place at, string what, string given, IReadOnlyList<string> allowed)
    {
        var near = Nearest.To(given, allowed);
        Add(code, at, near is null ? $"{what} is not known here." : $"{what} is not known here; did you mean '{near}'?", allowed);
    }
}
