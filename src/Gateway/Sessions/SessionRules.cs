namespace Kakehashi.Gateway.Sessions;

/// <summary>How long a person stays signed in, and when their tokens are renewed. Pure.</summary>
public static class SessionRules
{
    /// <summary>Without a request. A request is noted at most once a minute, so it may be up to a minute less.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    /// <summary>Since the sign-in, whatever happens.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    /// <summary>How long a person may take to sign in.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan RenewedAhead = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan NotedEvery = TimeSpan.FromMinutes(1);

    public static DateTimeOffset EndsAt(DateTimeOffset startedAt) => startedAt + Longest;

    public static DateTimeOffset IdleAt(DateTimeOffset lastSeenAt) => lastSeenAt + Idle;

    public static bool IsLive(DateTimeOffset startedAt, DateTimeOffset lastSeenAt, DateTimeOffset now) =>
        now < EndsAt(startedAt) && now < IdleAt(lastSeenAt);

    /// <summary>Whether a request is worth a write.</summary>
    public static bool IsWorthNoting(DateTimeOffset lastSeenAt, DateTimeOffset now) => now - lastSeenAt >= NotedEvery;

    public static bool IsDueForRenewal(DateTimeOffset tokensExpireAt, DateTimeOffset now) => tokensExpireAt - now < RenewedAhead;
}
