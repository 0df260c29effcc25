namespace Kakehashi.TestKit;

/// <summary>Somebody at a played institution: the login name, the subject that never changes, and what is said about the person.</summary>
public sealed record PlayedPerson(string Login, string Sub, string? Acr, IReadOnlyList<string> Amr, IReadOnlyDictionary<string, object> Claims)
{
    private const string Sfa = "https://refeds.org/profile/sfa";
    private const string Mfa = "https://refeds.org/profile/mfa";

    /// <summary>Ito: a faculty member with ORCID. Mori: the same with a second factor. Abe: a student with a password only.</summary>
    public static IReadOnlyList<PlayedPerson> Everybody { get; } =
    [
        new("ito", "5f1c0c7e-ito", Sfa, ["pwd"], About("伊藤 花", "faculty", "https://refeds.org/assurance/IAP/medium", "0000-0002-1825-0097")),
        new("mori", "5f1c0c7e-mori", Mfa, ["pwd", "hwk"], About("森 健", "staff", "https://refeds.org/assurance/IAP/high", "0000-0001-5109-3700")),
        new("abe", "5f1c0c7e-abe", null, ["pwd"], About("阿部 翼", "student", "https://refeds.org/assurance/IAP/low", null)),
    ];

    private static Dictionary<string, object> About(string name, string affiliation, string assurance, string? orcid)
    {
        var claims = new Dictionary<string, object>
        {
            ["name"] = name,
            ["eduperson_scoped_affiliation"] = new[] { $"{affiliation}@example.ac.jp", "member@example.ac.jp" },
            ["eduperson_assurance"] = new[] { "https://refeds.org/assurance", assurance },
        };
        if (orcid is not null)
        {
            claims["orcid"] = orcid;
        }

        return claims;
    }
}
