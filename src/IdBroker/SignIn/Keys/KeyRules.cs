namespace Kakehashi.IdBroker.SignIn.Keys;

/// <summary>One signing key's place in time. Keys follow one another by the moment from which they sign.</summary>
public sealed record KeyTerm(string KeyId, DateTimeOffset SignsFrom);

/// <summary>Which key signs, and which are published. Every token stays verifiable until it has expired.</summary>
public static class KeyRules
{
    /// <summary>No token lives longer.</summary>
    public static readonly TimeSpan LongestToken = TimeSpan.FromMinutes(5);

    // Another instance may notice a rotation late, and a verifier's clock may be behind.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>The key that signs at this moment; null only before the first key's time.</summary>
    public static KeyTerm? Active(IEnumerable<KeyTerm> terms, DateTimeOffset now) =>
        terms.Where(term => term.SignsFrom <= now).MaxBy(term => term.SignsFrom);

    /// <summary>Keys yet to sign, the one that signs, and those whose last token may still be about; newest first.</summary>
    public static IReadOnlyList<KeyTerm> Published(IEnumerable<KeyTerm> terms, DateTimeOffset now)
    {
        var ordered = terms.OrderByDescending(term => term.SignsFrom).ToList();
        return ordered.Where((_, at) => at == 0 || now < ordered[at - 1].SignsFrom + LongestToken + Margin).ToList();
    }
}
