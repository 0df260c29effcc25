namespace Kakehashi.IdBroker.Tests.OutsideChecks;

/// <summary>Somebody at the institution behind the bridge: what its identity provider says in SAML.</summary>
/// <param name="SignedInAgo">Seconds.</param>
public sealed record SamlPerson(
    string Login, string NameId, bool Transient, string Context, IReadOnlyDictionary<string, string[]> Attributes, int SignedInAgo = 0)
{
    public const string Mfa = "https://refeds.org/profile/mfa";
    public const string Password = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

    private const string SubjectId = "urn:oasis:names:tc:SAML:attribute:subject-id";
    private const string Affiliation = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9";

    public static IReadOnlyList<SamlPerson> Everybody { get; } =
    [
        new("ito", "k3J9", Transient: true, Mfa, Full("S123456@example.ac.jp")),
        new("ito-again", "x7Q2", Transient: true, Password, Full("s123456@Example.ac.jp")),
        new("mori", "p5T8", Transient: false, Password, Only(Affiliation, "staff@example.ac.jp"), SignedInAgo: 3600),
        new("nobody", "t1", Transient: true, Password, Only(Affiliation, "staff@example.ac.jp")),
        new("pretender", "t2", Transient: true, Mfa, Only(SubjectId, "s123456@other.ac.jp")),
    ];

    private static Dictionary<string, string[]> Only(string attribute, string value) => new() { [attribute] = [value] };

    /// <summary>All that the bridge passes on, an affiliation of somebody else's, and name and mail addresses it must not pass on.</summary>
    private static Dictionary<string, string[]> Full(string subjectId) => new()
    {
        [SubjectId] = [subjectId],
        ["urn:oid:1.3.6.1.4.1.5923.1.1.1.6"] = ["ito@example.ac.jp"],
        ["urn:oid:0.9.2342.19200300.100.1.3"] = ["ito@mail.example.ac.jp"],
        ["urn:oid:2.16.840.1.113730.3.1.241"] = ["伊藤 花"],
        [Affiliation] = ["faculty@example.ac.jp", "member@example.ac.jp", "faculty@other.ac.jp"],
        ["urn:oid:1.3.6.1.4.1.5923.1.1.1.11"] = ["https://refeds.org/assurance/IAP/medium"],
        ["urn:oid:1.3.6.1.4.1.5923.1.1.1.16"] = ["https://orcid.org/0000-0002-1825-0097"],
    };
}
