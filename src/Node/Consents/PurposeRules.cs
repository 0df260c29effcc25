using System.Text.RegularExpressions;
using Kakehashi.Contracts;

namespace Kakehashi.Node.Consents;

/// <summary>What makes a purpose complete. The same for everybody who reads one.</summary>
public static partial class PurposeRules
{
    private const int MostDiseases = 20;

    /// <summary>Null, or what is wrong with the purpose.</summary>
    public static string? WhyNot(Purpose purpose) => purpose switch
    {
        { Use: ResearchUse.DS, Diseases.Count: 0 } => "A disease-specific purpose (DS) names at least one disease.",
        { Use: not ResearchUse.DS, Diseases.Count: > 0 } => "Only a disease-specific purpose (DS) names diseases.",
        { Diseases.Count: > MostDiseases } => $"A purpose names at most {MostDiseases} diseases.",
        _ when !purpose.Diseases.All(disease => Curie().IsMatch(disease)) => "Diseases are CURIEs such as ICD10:E11 or MONDO:0005148.",
        _ when !Country().IsMatch(purpose.Country) => "The country is an ISO 3166-1 alpha-2 code such as JP.",
        _ => null,
    };

    /// <summary>Equal for equal purposes: the record's own equality does not look into the list of diseases.</summary>
    public static string KeyOf(Purpose purpose) =>
        $"{purpose.Use}|{string.Join(',', purpose.Diseases)}|{purpose.Commercial}|{purpose.Country}|{purpose.EthicsApproval}|{purpose.Collaboration}|{purpose.Publication}";

    [GeneratedRegex(@"^[A-Za-z0-9]{2,12}:[A-Za-z0-9.\-]{1,24}\z")]
    private static partial Regex Curie();

    [GeneratedRegex(@"^[A-Z]{2}\z")]
    private static partial Regex Country();
}
