namespace Kakehashi.Adapters;

/// <summary>Ages in whole years, the same for every data model.</summary>
internal static class Ages
{
    public const int Oldest = 129;

    private const int MiddleMonth = 7;
    private const int MiddleDay = 15;

    /// <summary>
    /// Age on a day. Where only the year of birth is known, 1 July stands for it, and the 15th for a month. Null for a day
    /// that does not exist and for an age below 0 or above 129.
    /// </summary>
    public static int? On(DateOnly day, int year, int? month, int? dayOfMonth)
    {
        var (m, d) = month is null ? (MiddleMonth, 1) : (month.Value, dayOfMonth ?? MiddleDay);
        if (year is < 1 or > 9999 || m is < 1 or > 12 || d < 1 || d > DateTime.DaysInMonth(year, m))
        {
            return null;
        }

        var age = day.Year - year - ((day.Month, day.Day).CompareTo((m, d)) < 0 ? 1 : 0);
        return age is < 0 or > Oldest ? null : age;
    }
}
