using System.Text.Json;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Reads single numbers; null, and a fault, when the value is not what must be there.</summary>
internal static class Numbers
{
    public static double? Number(Written value)
    {
        if (!value.Is(JsonValueKind.Number, "a number"))
        {
            return null;
        }

        var number = value.Json.GetDouble();
        if (!double.IsFinite(number))
        {
            value.Fault(FaultCodes.NotFinite, "The number is too large for a 64-bit float.", "a finite number");
            return null;
        }

        return number;
    }

    /// <summary>A whole number in [from, to], however it is written: 50, 50.0 or 5e1.</summary>
    public static int? Whole(Written value, int from, int to)
    {
        if (Number(value) is not { } number)
        {
            return null;
        }

        var allowed = $"a whole number from {from} to {to}";
        if (number < from || number > to)
        {
            value.Fault(FaultCodes.OutOfRange, $"The number is not from {from} to {to}.", allowed);
            return null;
        }

        if (!double.IsInteger(number))
        {
            value.Fault(FaultCodes.NotWhole, "The number is not whole.", allowed);
            return null;
        }

        return (int)number;
    }
}
