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
}
