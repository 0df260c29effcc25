namespace Kakehashi.Adapters.CodeSystems;

/// <summary>The words of a participant's consent.</summary>
internal static class Permission
{
    public const string Allowed = "GRU, HMB, POA, MDS, DS:<CURIE of a disease>, commercial, abroad, recontact";

    private static readonly string[] Words = ["GRU", "HMB", "POA", "MDS", "commercial", "abroad", "recontact"];

    public static bool IsValid(string text) =>
        Words.Contains(text) || (text.StartsWith("DS:", StringComparison.Ordinal) && Curie.IsValid(text.AsSpan("DS:".Length)));
}
