using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Passports;

/// <summary>Whether a node's word about access can be believed: a node is another organisation's machine. Pure.</summary>
internal static class AccessRules
{
    /// <summary>Null, or what is wrong with the answer.</summary>
    public static string? WhyNot(AccessAnswer answer, string biobank) => answer switch
    {
        _ when answer.Node != biobank => "The answer names another node.",
        _ when answer.Datasets.DistinctBy(dataset => dataset.Dataset).Count() != answer.Datasets.Count => "The answer names a dataset twice.",
        _ when !answer.Datasets.All(IsDecided) => "The answer decides neither permit until a time nor deny for a reason.",
        _ => null,
    };

    private static bool IsDecided(DatasetAccess dataset) => dataset switch
    {
        { Decision: AccessDecisions.Permit } => dataset is { Until: not null, Reasons.Count: 0 },
        { Decision: AccessDecisions.Deny } => dataset is { Until: null, Reasons.Count: > 0 },
        _ => false,
    };
}
