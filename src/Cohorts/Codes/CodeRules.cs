namespace Kakehashi.Cohorts.Codes;

/// <summary>
/// Which code systems say what, and whether a CURIE is well-formed in its system. A well-formed code may still be
/// unknown to a biobank; that is for its node to say.
/// </summary>
public static class CodeRules
{
    /// <summary>Systems that name conditions.</summary>
    public static IReadOnlyList<string> Conditions { get; } =
        ["ICD10", "SNOMED", "HP", "MONDO", "OMOP", "NCIT", "DOID", "ORPHA"];

    /// <summary>Systems that name drugs.</summary>
    public static IReadOnlyList<string> Drugs { get; } = ["RxNorm", "ATC", "SNOMED", "OMOP", "NCIT"];

    /// <summary>Systems that name measurements.</summary>
    public static IReadOnlyList<string> Measurements { get; } = ["LOINC", "SNOMED", "OMOP", "NCIT"];

    /// <summary>Null when the CURIE is well-formed in one of the systems, else the code of the rule it breaks.</summary>
    public static string? WhyNot(string curie, IReadOnlyList<string> systems)
    {
        if (curie.Split(':', 2) is not [var prefix, var code])
        {
            return FaultCodes.MalformedCode;
        }

        if (!systems.Contains(prefix))
        {
            return FaultCodes.UnknownCodeSystem;
        }

        var system = CodeSystems.ByPrefix[prefix];
        if (!system.Form.IsMatch(code) || system.IsOrdered?.Invoke(code) is false)
        {
            return FaultCodes.MalformedCode;
        }

        return system.HasRightCheckDigit?.Invoke(code) is false ? FaultCodes.WrongCheckDigit : null;
    }

    /// <summary>What a code of the CURIE's system looks like.</summary>
    internal static string FormOf(string curie) =>
        CodeSystems.ByPrefix.TryGetValue(curie.Split(':')[0], out var system)
            ? system.Example
            : "a CURIE such as ICD10:E11";
}
