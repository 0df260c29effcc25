using System.Text.Json;
using System.Text.RegularExpressions;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>
/// What <c>authorization_details</c> (RFC 9396) may say: one use, well-formed and bounded. Whether the use is permitted is for
/// the node to decide; here it must only be clear what is asked for.
/// </summary>
public static partial class UseRules
{
    private const int LongestText = 4096;
    private const int MostDiseases = 20;

    /// <summary>Null when refused; <paramref name="fault"/> says what is expected.</summary>
    public static UseAuthorization? Read(string text, out string? fault)
    {
        fault = $"Expected a JSON list with one object: type {UseAuthorization.TypeName}, purpose, and project or none; "
            + $"at most {LongestText} characters.";
        if (text.Length > LongestText)
        {
            return null;
        }

        try
        {
            var uses = JsonSerializer.Deserialize<IReadOnlyList<UseAuthorization?>>(text, ServiceDefaultsExtensions.Json);
            if (uses is not [{ Type: UseAuthorization.TypeName } use])
            {
                return null;
            }

            fault = WhyNot(use);
            return fault is null ? use : null;
        }
        catch (JsonException at)
        {
            fault = $"{fault} The fault is at {at.Path ?? "the start"}.";
            return null;
        }
    }

    private static string? WhyNot(UseAuthorization use) => use.Purpose switch
    {
        _ when use.Project is not null && !Slug().IsMatch(use.Project) =>
            "project must be a slug: a small letter, then 1 to 30 small letters, digits or '-'.",
        var purpose when !Enum.IsDefined(purpose.Use) => "purpose.use must be GRU, HMB, DS, POA or MDS.",
        var purpose when !Country().IsMatch(purpose.Country) => "purpose.country must be an ISO 3166-1 alpha-2 code such as JP.",
        { Diseases: var diseases } when diseases.Count > MostDiseases || !diseases.All(name => name is not null && Curie().IsMatch(name)) =>
            $"purpose.diseases must be at most {MostDiseases} CURIEs such as ICD10:E11.",
        { Use: ResearchUse.DS, Diseases.Count: 0 } => "purpose.diseases must name the disease under study when use is DS.",
        { Use: not ResearchUse.DS, Diseases.Count: > 0 } => "purpose.diseases must be empty unless use is DS.",
        _ => null,
    };

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,30}\z")]
    private static partial Regex Slug();

    [GeneratedRegex(@"\A[A-Z]{2}\z")]
    private static partial Regex Country();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]{1,15}:[A-Za-z0-9][A-Za-z0-9._-]{0,39}\z")]
    private static partial Regex Curie();
}
