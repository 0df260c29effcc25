namespace Kakehashi.Cohorts.Readers;

/// <summary>Ranges are half-open, [from, to), and hold at least one value.</summary>
internal static class RangeRules
{
    private const string Ordered = "'from' below 'to'";
    private static readonly string[] Ends = ["from", "to"];

    /// <summary>The members of an object that is a range and nothing else, at least one of the two.</summary>
    public static Members? EndsOf(Written range)
    {
        var members = Members.Of(range, Ends);
        if (members is { Count: 0 })
        {
            range.Fault(FaultCodes.MissingRange, "The range has neither beginning nor end.", Ends);
            return null;
        }

        return members;
    }

    /// <summary>True unless both ends are known and leave nothing between them.</summary>
    public static bool IsRange<T>(Written range, T? from, T? to)
        where T : struct, IComparable<T>
    {
        var order = from is { } first && to is { } end ? first.CompareTo(end) : -1;
        if (order > 0)
        {
            range.Fault(FaultCodes.ReversedRange, "The range ends before it begins.", Ordered);
        }
        else if (order == 0)
        {
            range.Fault(FaultCodes.EmptyRange, "The range is empty: 'to' is exclusive.", Ordered);
        }

        return order < 0;
    }
}
