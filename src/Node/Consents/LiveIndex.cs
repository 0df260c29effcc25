using Kakehashi.Contracts;
using Kakehashi.Node.Index;

namespace Kakehashi.Node.Consents;

/// <summary>
/// What the node counts in at this moment: the newest index seen through the newest consents. Readers take one view and
/// keep it for the whole question; a reload or a withdrawal swaps in the next.
/// </summary>
public sealed class LiveIndex(ConsentReplica replica)
{
    private readonly Lock _swapping = new();
    private volatile ConsentView? _view;

    /// <summary>Null until the first load is done.</summary>
    public ConsentView? View => _view;

    public void Swap(CohortIndex index)
    {
        lock (_swapping)
        {
            _view = new(index, replica.Withdrawn, replica.Applied);
        }
    }

    /// <summary>Applies changes durably, then shows them to every later question. Answers the last sequence applied.</summary>
    public long Apply(ConsentChanges changes)
    {
        lock (_swapping)
        {
            var before = replica.Applied;
            replica.Apply(changes);
            if (replica.Applied != before && _view is { } view)
            {
                _view = new(view.Index, replica.Withdrawn, replica.Applied);
            }

            return replica.Applied;
        }
    }
}
