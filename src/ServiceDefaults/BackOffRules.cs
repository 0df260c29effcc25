namespace Kakehashi.ServiceDefaults;

/// <summary>How long to wait before trying again. Pure.</summary>
public static class BackOffRules
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private const int MostDoublings = 10;

    /// <summary>
    /// Nothing without a failure, else anything from <see cref="Shortest"/> to a limit that doubles with each failure up to
    /// <see cref="Longest"/>: those that lost the same thing together do not come back together.
    /// </summary>
    /// <param name="jitter">From [0, 1).</param>
    public static TimeSpan Delay(int failures, double jitter)
    {
        if (failures <= 0)
        {
            return TimeSpan.Zero;
        }

        var limit = Shortest * Math.Pow(2, Math.Min(failures, MostDoublings));
        return Shortest + (((limit < Longest ? limit : Longest) - Shortest) * jitter);
    }
}
