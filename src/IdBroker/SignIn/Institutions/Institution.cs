using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>One institution at work: its entry, what its discovery document says, and its keys.</summary>
public sealed class Institution(InstitutionEntry entry, string? secret, HttpClient http, TimeProvider clock, ILogger<IssuerKeys> logger)
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly IssuerKeys _keys = new(http, entry.Issuer, clock, logger);
    private volatile Known? _known;

    public string Slug => entry.Slug;

    public string Issuer => entry.Issuer;

    public string Org => entry.Org;

    public InstitutionEntry Entry => entry;

    /// <summary>The shared secret; null where we prove ourselves with our key.</summary>
    public string? Secret => secret;

    /// <summary>The one address, registered at the institution, to which it sends people back.</summary>
    public string RedirectAddress(string issuer) => $"{issuer}/institutions/{Slug}/callback";

    public string NameIn(Language language) => language.Say(entry.NameJa, entry.NameEn);

    /// <summary>The discovery document, fetched again when it is some minutes old; or why there is none.</summary>
    public async Task<(InstitutionDocument? Document, string? Refusal)> DescribeAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_known is { } known && now - known.At < IssuerKeys.FreshFor)
        {
            return (known.Document, null);
        }

        var (document, refusal) = await InstitutionDocument.FetchAsync(http, entry.Issuer, ct);
        _known = document is null ? null : new(document, now);
        return (document, refusal);
    }

    /// <summary>The platform's one strict verifier, set to ID tokens (OpenID Connect Core 3.1.3.7): this issuer's, for us alone.</summary>
    public ValueTask<TokenVerification> VerifyAsync(string idToken, CancellationToken ct) => new TokenVerifier(
        _keys.FindAsync,
        new(entry.Issuer, entry.ClientId)
        {
            Type = CompactJws.Read(idToken, out _)?.Type is null ? null : "JWT", // an ID token need not say what it is
            Algorithms = entry.AlgorithmsAccepted,
            Claims = ["sub"],
            ClockSkew = ClockSkew,
        },
        clock).VerifyAsync(idToken, ct);

    private sealed record Known(InstitutionDocument Document, DateTimeOffset At);
}
