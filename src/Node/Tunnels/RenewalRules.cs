namespace Kakehashi.Node.Tunnels;

/// <summary>When a tunnel was a good one, and when to dial although it still is. Pure.</summary>
public static class RenewalRules
{
    /// <summary>A tunnel that lived this long was a good one: its end is no failure.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    /// <summary>The next tunnel opens after 80 to 90 % of this one's life, while this one still serves.</summary>
    public static TimeSpan RenewAfter(TimeSpan maxAge, double jitter) => maxAge * (0.8 + (0.1 * jitter));
}
