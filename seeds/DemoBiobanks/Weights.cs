namespace Kakehashi.Seeds;

/// <summary>Picks one of several things in proportion to their weights.</summary>
internal sealed class Weights
{
    private readonly double[] _upTo;

    public Weights(IEnumerable<double> weights)
    {
        var sum = 0.0;
        _upTo = [.. weights.Select(w => sum += w)];
        Total = sum;
    }

    /// <summary>Nothing can be picked when this is 0.</summary>
    public double Total { get; }

    /// <summary>Whether a thing has any weight.</summary>
    public bool Allows(int thing) => _upTo[thing] > (thing == 0 ? 0 : _upTo[thing - 1]);

    /// <summary>The thing at a roll in [0, 2³²). One of weight 0 is never picked.</summary>
    public int At(uint roll)
    {
        var point = roll / 4294967296.0 * Total;
        var (low, high) = (0, _upTo.Length - 1);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            (low, high) = _upTo[middle] <= point ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
