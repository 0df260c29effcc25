using System.Text.Json;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Ranges are half-open, [from, to), and hold at least one value.</summary>
internal static class RangeRules
{
    public static readonly IReadOnlyList<string> Ends = ["from", "to"];

    public static bool HasEnds(Dictionary<string, JsonElement> members, Place at, Faults faults)
    {
        if (members.Count == 0)
        {
            faults.Add(FaultCodes.MissingRange, at, "The range has neither beginning nor end.", Ends);
        }

        return members.Count > 0;
    }

    /// <summary>True unless both ends are known and leave nothing between them.</summary>
    public static bool IsRange<T>(T? from, T? to, Place at, Faults faults)
        where T : struct, IComparable<T>
    {
        var order = from is { } first && to is { } end ? first.CompareTo(end) : -1;
        if (order > 0)
        {
            faults.Add(FaultCodes.ReversedRange, at, "The range ends before it begins.", "'from' below 'to'");
        }
        else if (order == 0)
        {
            faults.Add(FaultCodes.EmptyRange, at, "The range is empty: 'to' is exclusive.", "'from' below 'to'");
        }

        return order < 0;
    }
}
