namespace Kakehashi.Node.Index;

/// <summary>
/// Values of one measurement (or enrolment days), sorted: distinct values ascending, and for each the ids of the
/// participants who have it. A participant may have several values. A range is one slice of ids.
/// </summary>
public sealed class RangeColumn
{
    private readonly double[] _values;
    private readonly int[] _starts;
    private readonly int[] _ids;

    /// <param name="values">Distinct values, ascending.</param>
    /// <param name="starts">Where each value's ids begin; one longer than <paramref name="values"/>.</param>
    /// <param name="ids">Participants, grouped by value.</param>
    public RangeColumn(double[] values, int[] starts, int[] ids) => (_values, _starts, _ids) = (values, starts, ids);

    public ReadOnlySpan<double> Values => _values;

    public ReadOnlySpan<int> Starts => _starts;

    public ReadOnlySpan<int> Ids => _ids;

    public long MemoryBytes => (_values.Length * sizeof(double)) + ((_starts.Length + (long)_ids.Length) * sizeof(int));

    /// <summary>Sorts the pairs in place and builds the column from them.</summary>
    public static RangeColumn From(double[] values, int[] ids)
    {
        Array.Sort(values, ids);
        var distinct = new List<double>();
        var starts = new List<int>();
        for (var i = 0; i < values.Length; i++)
        {
            if (i == 0 || values[i] != values[i - 1])
            {
                distinct.Add(values[i]);
                starts.Add(i);
            }
        }

        starts.Add(values.Length);
        return new([.. distinct], [.. starts], ids);
    }

    /// <summary>Ids with a value in [from, to); with repetitions where a participant has several. Null means no bound.</summary>
    public ReadOnlySpan<int> Between(double? from, double? to)
    {
        var first = from is { } f ? LowerBound(f) : 0;
        var end = to is { } t ? LowerBound(t) : _values.Length;
        return end <= first ? [] : _ids.AsSpan(_starts[first].._starts[end]);
    }

    /// <summary>The value below which the given share of all values lies.</summary>
    public double Quantile(double share)
    {
        var rank = (int)Math.Clamp(share * _ids.Length, 0, _ids.Length - 1);
        var position = Array.BinarySearch(_starts, rank);
        return _values[position >= 0 ? position : ~position - 1];
    }

    private int LowerBound(double bound)
    {
        var position = Array.BinarySearch(_values, bound);
        return position >= 0 ? position : ~position;
    }
}
