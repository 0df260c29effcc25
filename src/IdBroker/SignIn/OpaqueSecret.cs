using System.Security.Cryptography;
using System.Text;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn;

/// <summary>
/// A code, cookie or refresh token: 256 random bits that mean nothing by themselves. The database holds only the SHA-256, so
/// it cannot be read for working secrets, and looking one up by its hash gives no timing to guess by.
/// </summary>
public static class OpaqueSecret
{
    private const int Bytes = 32;

    public static string Create() => StrictBase64Url.Encode(RandomNumberGenerator.GetBytes(Bytes));

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
