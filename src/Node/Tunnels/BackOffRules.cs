namespace Kakehashi.Node.Tunnels;

/// <summary>How long to wait before dialling again, and when to dial although the tunnel is still good. Pure.</summary>
public static class BackOffRules
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>A tunnel that lived this long was a good one: its end is no failure.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    private const int MostDoublings = 10;

    /// <summary>
    /// Nothing without a failure, else anything from <see cref="Shortest"/> to a limit that doubles with each failure up to
    /// <see cref="Longest"/>: nodes that lost the Gateway together do not come back together.
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

    /// <summary>The next tunnel opens after 80 to 90 % of this one's life, while this one still serves.</summary>
    public static TimeSpan RenewAfter(TimeSpan maxAge, double jitter) => maxAge * (0.8 + (0.1 * jitter));
}
