using System.Security.Cryptography;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A code for a first sign-in, to be read out or typed from paper: 25 letters and digits that do not look alike, 125 bits.</summary>
public static class EnrolmentCodes
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int Length = 25;
    private const int GroupLength = 5;

    public static string Create() =>
        string.Join('-', RandomNumberGenerator.GetString(Letters, Length).Chunk(GroupLength).Select(group => new string(group)));

    /// <summary>Small letters, spaces and hyphens do not matter.</summary>
    public static byte[] HashOf(string? typed) =>
        OpaqueSecret.HashOf(string.Concat((typed ?? "").ToUpperInvariant().Where(Letters.Contains)));
}
