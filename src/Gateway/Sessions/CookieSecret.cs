using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Gateway.Sessions;

/// <summary>A session's tokens, and the name to greet its person by.</summary>
/// <param name="IdToken">Proves to the issuer, at the end, whose sign-out it is.</param>
public sealed record SessionTokens(string AccessToken, string RefreshToken, string IdToken, string? Name);

/// <summary>
/// The 256 random bits in a browser's cookie. Everything that is secret about the browser follows from them and is kept nowhere
/// else: whoever has the database has neither sessions nor tokens.
/// </summary>
public sealed class CookieSecret
{
    private const int SecretBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _secret;

    private CookieSecret(byte[] secret) => (_secret, Hash) = (secret, SHA256.HashData(secret));

    /// <summary>By which the database knows the browser.</summary>
    public byte[] Hash { get; }

    public static CookieSecret Create() => new(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Null when the text is no cookie of ours.</summary>
    public static CookieSecret? Read(string? cookie) => StrictBase64Url.Decode(cookie) is { Length: SecretBytes } secret ? new(secret) : null;

    /// <summary>The cookie's value.</summary>
    public string Reveal() => StrictBase64Url.Encode(_secret);

    /// <summary>A secret of its own for each use: knowing one says nothing about another.</summary>
    public string Derive(string use) => StrictBase64Url.Encode(KeyFor(use));

    /// <summary>AES-256-GCM: nonce, ciphertext, tag.</summary>
    public byte[] Seal(SessionTokens tokens)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(tokens);
        var sealedTokens = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealedTokens.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(KeyFor("tokens"), TagBytes);
        aes.Encrypt(nonce, plain, sealedTokens.AsSpan(NonceBytes, plain.Length), sealedTokens.AsSpan(NonceBytes + plain.Length), Hash);
        return sealedTokens;
    }

    /// <summary>Null when they were not sealed with this secret, or altered since.</summary>
    public SessionTokens? Open(ReadOnlySpan<byte> sealedTokens)
    {
        if (sealedTokens.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[sealedTokens.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(KeyFor("tokens"), TagBytes);
        try
        {
            aes.Decrypt(sealedTokens[..NonceBytes], sealedTokens[NonceBytes..^TagBytes], sealedTokens[^TagBytes..], plain, Hash);
            return JsonSerializer.Deserialize<SessionTokens>(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private byte[] KeyFor(string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, SecretBytes, info: Encoding.ASCII.GetBytes($"kakehashi session {use}"));
}
