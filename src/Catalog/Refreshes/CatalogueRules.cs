using System.Collections.Frozen;
using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Refreshes;

/// <summary>What the Catalog believes of a node's description and variables. Null when it does, otherwise what is wrong.</summary>
public static class CatalogueRules
{
    public const int MostVariables = 500_000;

    public const int LongestText = 500;

    /// <summary>Leaves of the cohort language that a biobank may list.</summary>
    public static FrozenSet<string> Kinds { get; } =
        FrozenSet.Create("sex", "age", "condition", "drug", "measurement", "biosample", "data", "attribute", "enrolled");

    private static readonly FrozenSet<string> KindsWithoutCode = FrozenSet.Create("age", "enrolled");

    public static string? WhyNot(NodeDescription description, string biobank) => description switch
    {
        _ when description.Node != biobank => "The description is another node's.",
        _ when !IsText(description.Name) || !IsText(description.NameJa) => "The description lacks a name.",
        _ when !IsText(description.SnapshotId) => "The description lacks its snapshot.",
        _ when !IsSane(description.Participants) => "The number of participants makes no sense.",
        _ when description.Datasets.Count > 1000 || !description.Datasets.All(IsSane) => "A dataset makes no sense.",
        _ when description.CodeSystems.Count > 100 || !description.CodeSystems.All(IsText) => "A code system makes no sense.",
        _ when !IsText(description.Disclosure) => "The description lacks its disclosure preset.",
        _ => null,
    };

    public static string? WhyNot(IReadOnlyList<Variable> variables) =>
        variables.Count > MostVariables ? "There are too many variables."
        : variables.Any(v => v is null) ? "A variable is null."
        : variables.FirstOrDefault(v => !IsSane(v)) is { } wrong ? $"A variable of kind {Known(wrong.Kind)} makes no sense."
        : variables.DistinctBy(v => (v.Kind, v.Code)).Count() < variables.Count ? "A variable is listed twice."
        : null;

    /// <summary>Released and within reason, or withheld for a reason.</summary>
    public static bool IsSane(ProtectedCount count) => count.Withheld is { } why ? IsText(why) : count.Value is >= 0 and <= 10_000_000_000;

    public static bool IsText(string? text) => text is { Length: > 0 and <= LongestText } && !text.Any(char.IsControl);

    private static bool IsSane(DatasetDescription dataset) =>
        dataset is not null && IsText(dataset.Id) && IsSane(dataset.Participants)
        && dataset.Terms.Count <= 100 && dataset.Terms.All(IsText);

    private static bool IsSane(Variable variable) =>
        Kinds.Contains(variable.Kind)
        && (KindsWithoutCode.Contains(variable.Kind) ? variable.Code is null : IsText(variable.Code))
        && (variable.Kind != "attribute" || variable.Code!.IndexOf('=', StringComparison.Ordinal) > 0)
        && IsTextOrNull(variable.Label) && IsTextOrNull(variable.LabelJa) && IsTextOrNull(variable.Unit)
        && IsSane(variable.Count)
        && variable.Missingness is null or (>= 0 and <= 1)
        && variable.From is null == variable.To is null
        && !(variable.From > variable.To);

    private static bool IsTextOrNull(string? text) => text is null || IsText(text);

    private static string Known(string? kind) => kind is not null && Kinds.Contains(kind) ? kind : "unknown";
}
