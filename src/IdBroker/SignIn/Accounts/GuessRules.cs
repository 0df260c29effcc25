namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>What somebody may be guessing.</summary>
public enum GuessKind
{
    Password,
    OneTimeCode,
    EnrolmentCode,
    UserCode,
}

/// <summary>A bucket of guesses: so many at once, then one more each time.</summary>
public sealed record GuessRule(int AtOnce, TimeSpan Every)
{
    /// <summary>Guesses that come through in a time, however fast they are made.</summary>
    public int MostIn(TimeSpan time) => AtOnce + (int)(time / Every);
}

/// <summary>One bucket that a guess is taken from.</summary>
public sealed record GuessBucket(string Key, GuessRule Rule);

/// <summary>From where a guess comes, and whether the account's owner has signed in from there before.</summary>
/// <param name="Network">The caller's /24 or /48.</param>
/// <param name="KnownBrowser">The hash of this browser's cookie, when the owner has signed in with it.</param>
public sealed record GuessPlace(string Network, bool KnownNetwork, string? KnownBrowser);

/// <summary>
/// Slows whoever guesses, and nobody else: a browser in which the owner has signed in draws from a bucket of its own, so
/// strangers cannot keep the owner out; strangers all draw from the same one, so more of them do not get more guesses.
/// </summary>
public static class GuessRules
{
    /// <summary>At most this many wrong guesses at all accounts together, from one network.</summary>
    public static readonly GuessRule FromNetworkAtAll = new(60, TimeSpan.FromSeconds(20));

    /// <summary>At most this many guesses at one account, from one network.</summary>
    public static GuessRule FromNetwork(GuessKind kind) => kind switch
    {
        GuessKind.OneTimeCode => new(5, TimeSpan.FromMinutes(10)),
        GuessKind.EnrolmentCode => new(20, TimeSpan.FromMinutes(1)),
        _ => new(5, TimeSpan.FromMinutes(5)),
    };

    /// <summary>At most this many guesses at one account, from all networks and browsers where its owner has never been.</summary>
    public static GuessRule FromStrangers(GuessKind kind) => kind switch
    {
        GuessKind.OneTimeCode => new(5, TimeSpan.FromMinutes(30)), // six digits: three in a million a guess
        _ => new(10, TimeSpan.FromMinutes(3)),
    };

    /// <summary>At most this many guesses at one account, in a browser its owner has used.</summary>
    public static GuessRule FromKnownBrowser(GuessKind kind) => kind switch
    {
        GuessKind.OneTimeCode => new(10, TimeSpan.FromMinutes(5)),
        _ => new(10, TimeSpan.FromMinutes(2)),
    };

    /// <summary>All of these must have a guess left.</summary>
    /// <param name="account">The account as typed, whether it exists or not; null when the guess is not at an account.</param>
    public static IReadOnlyList<GuessBucket> BucketsOf(GuessKind kind, string? account, GuessPlace place)
    {
        var everything = new GuessBucket($"network {place.Network}", FromNetworkAtAll);
        var here = new GuessBucket($"{kind} {account} network {place.Network}", FromNetwork(kind));
        return (account, place) switch
        {
            (not null, { KnownBrowser: { } browser }) => [new($"{kind} {account} browser {browser}", FromKnownBrowser(kind))],
            (null, _) or (_, { KnownNetwork: true }) => [everything, here],
            _ => [everything, here, new($"{kind} {account} strangers", FromStrangers(kind))],
        };
    }

    /// <summary>Takes one guess. A bucket is described by the time at which it will be full again.</summary>
    /// <returns>The bucket afterwards; or unchanged, with the time to wait.</returns>
    public static (DateTimeOffset FullAt, TimeSpan? Wait) Take(GuessRule rule, DateTimeOffset fullAt, DateTimeOffset now)
    {
        var then = (fullAt > now ? fullAt : now) + rule.Every;
        var over = then - now - (rule.AtOnce * rule.Every);
        return over <= TimeSpan.Zero ? (then, null) : (fullAt, over);
    }

    /// <summary>The guess was right: it does not count.</summary>
    public static DateTimeOffset GiveBack(GuessRule rule, DateTimeOffset fullAt) => fullAt - rule.Every;
}
