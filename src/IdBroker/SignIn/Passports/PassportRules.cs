namespace Kakehashi.IdBroker.SignIn.Passports;

/// <summary>How visas spell what they say (GA4GH Passport 1.2), and how long they live. Pure.</summary>
public static class PassportRules
{
    /// <summary>Nobody can take a visa back: it is asked for again instead.</summary>
    public static readonly TimeSpan VisaLife = TimeSpan.FromHours(1);

    public static readonly TimeSpan PassportLife = TimeSpan.FromMinutes(5);

    /// <summary>The end of a visa: an hour, or with what it says.</summary>
    public static DateTimeOffset EndOf(VisaStatement statement, DateTimeOffset now) =>
        statement.Until is { } until && until < now + VisaLife ? until : now + VisaLife;

    /// <summary>The value of LinkedIdentities: <c>sub,iss;sub,iss</c>, each part percent-encoded.</summary>
    public static string Identities(IEnumerable<(string Subject, string Issuer)> identities) => string.Join(
        ';', identities.Select(identity => $"{Uri.EscapeDataString(identity.Subject)},{Uri.EscapeDataString(identity.Issuer)}"));

    /// <summary>How an organisation whose representative vouches is named as a source: below the platform's issuer.</summary>
    public static string Organisation(string issuer, string organisation) => $"{issuer}/organisations/{Uri.EscapeDataString(organisation)}";
}
