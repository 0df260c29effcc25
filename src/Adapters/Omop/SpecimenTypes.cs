using System.Collections.Frozen;

namespace Kakehashi.Adapters.Omop;

/// <summary>The platform's words for usual specimens (SNOMED CT).</summary>
internal static class SpecimenTypes
{
    private static readonly FrozenDictionary<string, string> Usual = new Dictionary<string, string>
    {
        ["SNOMED:119297000"] = "blood",
        ["SNOMED:122555007"] = "blood",
        ["SNOMED:119361006"] = "plasma",
        ["SNOMED:119364003"] = "serum",
        ["SNOMED:122575003"] = "urine",
        ["SNOMED:119376003"] = "tissue",
        ["SNOMED:258566005"] = "dna",
        ["SNOMED:441673008"] = "rna",
        ["SNOMED:119342007"] = "saliva",
        ["SNOMED:258450006"] = "cerebrospinal-fluid",
        ["SNOMED:119359002"] = "bone-marrow",
        ["SNOMED:119339001"] = "stool",
    }.ToFrozenDictionary();

    /// <summary>The configured type, else the usual one, else null.</summary>
    public static string? Of(string code, IReadOnlyDictionary<string, string?> configured) =>
        configured.TryGetValue(code, out var type) ? type : Usual.GetValueOrDefault(code);
}
