using Kakehashi.Adapters.CodeSystems;
using Kakehashi.Contracts;

namespace Kakehashi.Node.Consents;

/// <summary>
/// What one participant's recorded permissions allow. Kinds of research: GRU (any), HMB, POA, MDS, DS:CURIE; beside them
/// commercial (use for profit), abroad (transfer out of Japan) and recontact. Nothing recorded allows nothing. Pure.
/// </summary>
public static class PermissionRules
{
    public const string Commercial = "commercial";
    public const string Abroad = "abroad";
    public const string Recontact = "recontact";

    private const string DiseasePrefix = "DS:";
    private const string HomeCountry = "JP";

    /// <summary>True for a permission that names a kind of research.</summary>
    public static bool IsResearch(string permission) => permission is not (Commercial or Abroad or Recontact);

    /// <summary>True when this one permission covers the purpose's kind of research.</summary>
    public static bool Covers(string permission, Purpose purpose) => permission switch
    {
        "GRU" => true,
        "HMB" => purpose.Use is ResearchUse.HMB or ResearchUse.DS,
        "POA" => purpose.Use is ResearchUse.POA,
        "MDS" => purpose.Use is ResearchUse.MDS,
        _ => purpose.Use is ResearchUse.DS
            && permission.StartsWith(DiseasePrefix, StringComparison.Ordinal)
            && purpose.Diseases.All(disease => DiseaseCovers(permission[DiseasePrefix.Length..], disease)),
    };

    /// <summary>Permissions the purpose needs beside a kind of research.</summary>
    public static IEnumerable<string> AlsoNeeded(Purpose purpose)
    {
        if (purpose.Commercial)
        {
            yield return Commercial;
        }

        if (purpose.Country != HomeCountry)
        {
            yield return Abroad;
        }
    }

    /// <summary>True when the first disease is the second or one of its ancestors.</summary>
    public static bool DiseaseCovers(string wider, string disease) => wider == disease || Icd10.AncestorsOf(disease).Contains(wider);
}
