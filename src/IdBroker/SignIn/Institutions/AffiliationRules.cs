using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>What is taken over of what an institution says about a person. Pure; whatever does not fit is dropped.</summary>
public static partial class AffiliationRules
{
    private const int MostValues = 20;
    private const int LongestValue = 200;

    // eduPerson's vocabulary. Those who only once belonged, or only visit the library, do not belong.
    private static readonly string[] Belonging = ["faculty", "student", "staff", "employee", "member"];
    private static readonly string[] Known = [.. Belonging, "alum", "affiliate", "library-walk-in"];

    /// <summary>Scoped affiliations (<c>faculty@example.ac.jp</c>) of the domains that the institution may speak for.</summary>
    public static IReadOnlyList<string> Affiliations(JsonElement? claim, IReadOnlyList<string> scopes) =>
    [
        .. Values(claim)
            .Select(value => value.ToLowerInvariant().Split('@'))
            .Where(parts => parts.Length == 2 && Known.Contains(parts[0]) && scopes.Contains(parts[1]))
            .Select(parts => string.Join('@', parts))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether somebody with these affiliations is one of the institution's own people.</summary>
    public static bool Belongs(IEnumerable<string> affiliations) => affiliations.Any(value => Belonging.Contains(value.Split('@')[0]));

    /// <summary>Assurance values (<c>https://refeds.org/assurance/IAP/medium</c>): addresses, and nothing else.</summary>
    public static IReadOnlyList<string> Assurances(JsonElement? claim) =>
    [
        .. Values(claim)
            .Where(value => value.StartsWith("https://", StringComparison.Ordinal) && !value.AsSpan().ContainsAnyExceptInRange('!', '~'))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The bare ORCID iD, if it is one: its last character checks the others (ISO 7064 mod 11-2).</summary>
    public static string? Orcid(JsonElement? claim)
    {
        var match = OrcidPattern().Match(Values(claim).FirstOrDefault() ?? "");
        if (!match.Success)
        {
            return null;
        }

        var orcid = match.Groups[1].Value;
        var digits = orcid.Replace("-", "", StringComparison.Ordinal);
        var check = (12 - (digits[..^1].Aggregate(0, (total, digit) => (total + digit - '0') * 2) % 11)) % 11;
        return digits[^1] == (check == 10 ? 'X' : (char)('0' + check)) ? orcid : null;
    }

    /// <summary>The person's name as pages show it; null when there is none that can be shown.</summary>
    public static string? Name(JsonElement? claim) =>
        claim is { ValueKind: JsonValueKind.String } text && text.GetString()!.Trim() is { Length: > 0 and <= LongestValue } name
            && !name.Any(char.IsControl) ? name : null;

    // Bridges from SAML send several values as a list, or as one text with semicolons.
    private static IEnumerable<string> Values(JsonElement? claim) => (claim switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!.Split(';'),
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray()
            .Where(value => value.ValueKind == JsonValueKind.String)
            .Select(value => value.GetString()!),
        _ => [],
    }).Select(value => value.Trim()).Where(value => value.Length is > 0 and <= LongestValue).Take(MostValues);

    [GeneratedRegex(@"\A(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])\z")]
    private static partial Regex OrcidPattern();
}
