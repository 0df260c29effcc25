namespace Kakehashi.Consent.Withdrawals;

/// <summary>Kinds of consent changes. The words are part of the contract with nodes.</summary>
internal static class ChangeKinds
{
    /// <summary>No further use of any kind.</summary>
    public const string Withdrawn = "withdrawn";
}
