using Kakehashi.Contracts;

namespace Kakehashi.Node.Passports;

/// <summary>
/// Which identities are the caller's: the account that calls, and those that trusted LinkedIdentities visas join to it, in
/// either direction and in chains (Passport 1.2 "LinkedIdentities"). Visas about anybody else open nothing.
/// </summary>
public static class LinkRules
{
    /// <summary>Each of the caller's identities, and until when it is known to be: a chain lasts as long as its shortest link.</summary>
    public static IReadOnlyDictionary<VisaIdentity, long> OwnUntil(VisaIdentity caller, IReadOnlyList<Visa> visas)
    {
        var links = visas
            .Where(visa => visa.Type == VisaWords.LinkedIdentities && visa.Conditions is null)
            .SelectMany(visa => Read(visa.Value), (visa, other) => (A: visa.Identity, B: other, visa.Until))
            .SelectMany(link => new[] { (From: link.A, To: link.B, link.Until), (From: link.B, To: link.A, link.Until) })
            .ToLookup(link => link.From);
        Dictionary<VisaIdentity, long> own = [];
        PriorityQueue<VisaIdentity, long> open = new([(caller, -long.MaxValue)]);
        while (open.TryDequeue(out var identity, out var minusUntil))
        {
            // Longest-lasting first, so that an identity is final when it is first reached.
            if (own.TryAdd(identity, -minusUntil))
            {
                open.EnqueueRange(links[identity].Select(link => (link.To, -Math.Min(-minusUntil, link.Until))));
            }
        }

        return own;
    }

    // "<uri-encoded-sub>,<uri-encoded-iss>" between semicolons; an entry of another form links nobody.
    private static IEnumerable<VisaIdentity> Read(string value) => value.Split(';')
        .Select(entry => entry.Split(','))
        .Where(pair => pair is [{ Length: > 0 }, { Length: > 0 }])
        .Select(pair => new VisaIdentity(Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1])));
}
