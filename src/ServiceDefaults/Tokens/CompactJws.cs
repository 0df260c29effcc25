using System.Text;
using System.Text.Json;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>A JWS in compact serialisation (RFC 7515), taken apart. Nothing in it is trusted until a key has verified it.</summary>
public sealed class CompactJws
{
    /// <summary>Longer tokens are not looked at.</summary>
    public const int LargestLength = 8 * 1024;

    // Members that name a key or demand an extension: a token says who signed it only by 'kid', and we know no extension.
    private static readonly string[] RefusedMembers = ["crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc"];

    private CompactJws(string algorithm, string? keyId, string? type, byte[] signingInput, byte[] payload, byte[] signature, JsonElement? ownKey) =>
        (Algorithm, KeyId, Type, SigningInput, Payload, Signature, OwnKey) = (algorithm, keyId, type, signingInput, payload, signature, ownKey);

    public string Algorithm { get; }

    public string? KeyId { get; }

    public string? Type { get; }

    public byte[] SigningInput { get; }

    public byte[] Payload { get; }

    public byte[] Signature { get; }

    /// <summary>The key that the header itself brings; only where it was asked for.</summary>
    public JsonElement? OwnKey { get; }

    /// <summary>
    /// Null when the text is refused; <paramref name="refusal"/> says why. An empty payload is a JWS (but never a token, which
    /// must carry a JSON object).
    /// </summary>
    /// <param name="bringsOwnKey">The header must hold its key (<c>jwk</c>), as a proof of possession does and a token never may.</param>
    public static CompactJws? Read(string text, out string? refusal, bool bringsOwnKey = false)
    {
        refusal = TokenRefusals.TooLarge;
        if (text.Length > LargestLength)
        {
            return null;
        }

        refusal = TokenRefusals.Malformed;
        var payloadAt = text.IndexOf('.', StringComparison.Ordinal) + 1;
        var signatureAt = text.IndexOf('.', payloadAt) + 1;
        if (payloadAt < 2 || signatureAt <= payloadAt || signatureAt == text.Length
            || StrictBase64Url.Decode(text.AsSpan(0, payloadAt - 1)) is not { } header
            || StrictBase64Url.Decode(text.AsSpan(payloadAt, signatureAt - payloadAt - 1)) is not { } payload
            || StrictBase64Url.Decode(text.AsSpan(signatureAt)) is not { } signature
            || !StrictJson.TryReadObject(header, out var members))
        {
            return null;
        }

        refusal = HeaderRefusal(members, bringsOwnKey);
        return refusal is not null
            ? null
            : new(
                members.Text("alg")!,
                members.Text("kid"),
                members.Text("typ"),
                Encoding.ASCII.GetBytes(text, 0, signatureAt - 1),
                payload,
                signature,
                bringsOwnKey ? members.GetProperty("jwk") : null);
    }

    private static string? HeaderRefusal(JsonElement members, bool bringsOwnKey)
    {
        foreach (var member in RefusedMembers)
        {
            if (members.TryGetProperty(member, out _) != (bringsOwnKey && member == "jwk"))
            {
                return TokenRefusals.ForbiddenHeader;
            }
        }

        return IsTextOrAbsent(members, "kid") && IsTextOrAbsent(members, "typ") && members.Text("alg") is not null
            ? null
            : TokenRefusals.Malformed;
    }

    private static bool IsTextOrAbsent(JsonElement members, string name) =>
        !members.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.String;
}
