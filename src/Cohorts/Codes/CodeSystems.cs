using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Kakehashi.Cohorts.Codes;

/// <summary>The code systems of the platform and the form of their codes, without the prefix.</summary>
internal static partial class CodeSystems
{
    public static readonly FrozenDictionary<string, CodeSystem> ByPrefix = new CodeSystem[]
    {
        new("ICD10", Icd10(), "ICD10:E11, ICD10:E11.9 or a block ICD10:E10-E14", IsForwardBlock),
        new("SNOMED", Snomed(), "SNOMED:44054006", HasRightCheckDigit: CheckDigits.IsVerhoeff),
        new("HP", SevenDigits(), "HP:0000819"),
        new("MONDO", SevenDigits(), "MONDO:0005148"),
        new("OMOP", ConceptId(), "OMOP:201826"),
        new("LOINC", Loinc(), "LOINC:4548-4", HasRightCheckDigit: CheckDigits.IsLoinc),
        new("RxNorm", RxCui(), "RxNorm:6809"),
        new("NCIT", Ncit(), "NCIT:C26747"),
        new("DOID", Doid(), "DOID:9352 or DOID:0050001"),
        new("ORPHA", Orpha(), "ORPHA:552"),
        new("ATC", Atc(), "ATC:A10BA02 or a group ATC:A10B"),
    }.ToFrozenDictionary(system => system.Prefix);

    private static bool IsForwardBlock(string code) =>
        code.Split('-') is not [var first, var last] || string.CompareOrdinal(first, last) <= 0;

    [GeneratedRegex(@"\A(?:[A-Z][0-9]{2}(?:\.[0-9]{1,2})?|[A-Z][0-9]{2}-[A-Z][0-9]{2})\z")]
    private static partial Regex Icd10();

    /// <summary>A concept id: the two digits before the check digit are the partition, 00 or 10 for concepts.</summary>
    [GeneratedRegex(@"\A[1-9][0-9]{2,14}[01]0[0-9]\z")]
    private static partial Regex Snomed();

    [GeneratedRegex(@"\A[0-9]{7}\z")]
    private static partial Regex SevenDigits();

    [GeneratedRegex(@"\A[1-9][0-9]{0,9}\z")]
    private static partial Regex ConceptId();

    [GeneratedRegex(@"\A[1-9][0-9]{0,6}-[0-9]\z")]
    private static partial Regex Loinc();

    [GeneratedRegex(@"\A[1-9][0-9]{0,7}\z")]
    private static partial Regex RxCui();

    [GeneratedRegex(@"\AC[1-9][0-9]{0,6}\z")]
    private static partial Regex Ncit();

    [GeneratedRegex(@"\A(?:[1-9][0-9]{0,6}|0[0-9]{6})\z")]
    private static partial Regex Doid();

    [GeneratedRegex(@"\A[1-9][0-9]{0,6}\z")]
    private static partial Regex Orpha();

    [GeneratedRegex(@"\A[ABCDGHJLMNPRSV](?:[0-9]{2}(?:[A-Z](?:[A-Z](?:[0-9]{2})?)?)?)?\z")]
    private static partial Regex Atc();
}

/// <summary>One code system.</summary>
internal sealed record CodeSystem(
    string Prefix,
    Regex Form,
    string Example,
    Func<string, bool>? IsOrdered = null,
    Func<string, bool>? HasRightCheckDigit = null);
