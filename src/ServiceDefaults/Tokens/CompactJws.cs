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

    private CompactJws(JsonElement header, byte[] signingInput, byte[] payload, byte[] signature)
    {
        (Algorithm, KeyId, Type, KeySetUrl) = (header.Text("alg")!, header.Text("kid"), header.Text("typ"), header.Text("jku"));
        (SigningInput, Payload, Signature) = (signingInput, payload, signature);
        OwnKey = header.TryGetProperty("jwk", out var key) ? key : null;
    }

    public string Algorithm { get; }

    public string? KeyId { get; }

    public string? Type { get; }

    /// <summary>Where the token says its issuer's keys are (<c>jku</c>). Never fetched; null unless the reader allows it.</summary>
    public string? KeySetUrl { get; }

    public byte[] SigningInput { get; }

    public byte[] Payload { get; }

    public byte[] Signature { get; }

    /// <summary>The key that the header itself brings; only where it was asked for.</summary>
    public JsonElement? OwnKey { get; }

    /// <summary>
    /// Null when the text is refused; <paramref name="refusal"/> says why. An empty payload is a JWS (but never a token, which
    /// must carry a JSON object).
    /// </summary>
    /// <param name="largest">Longer text is not looked at.</param>
    /// <param name="allowKeySetUrl">True for kinds of token whose standard demands a <c>jku</c>; the reader must compare it.</param>
    /// <param name="bringsOwnKey">The header must hold its key (<c>jwk</c>), as a proof of possession does and a token never may.</param>
    public static CompactJws? Read(
        string text, out string? refusal, int largest = LargestLength, bool allowKeySetUrl = false, bool bringsOwnKey = false)
    {
        refusal = TokenRefusals.TooLarge;
        if (text.Length > largest)
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

        refusal = HeaderRefusal(members, allowKeySetUrl, bringsOwnKey);
        return refusal is null ? new(members, Encoding.ASCII.GetBytes(text, 0, signatureAt - 1), payload, signature) : null;
    }

    private static string? HeaderRefusal(JsonElement members, bool allowKeySetUrl, bool bringsOwnKey)
    {
        foreach (var member in RefusedMembers)
        {
            var isThere = members.TryGetProperty(member, out _);
            if (member == "jwk" ? isThere != bringsOwnKey : isThere && !(allowKeySetUrl && member == "jku"))
            {
                return TokenRefusals.ForbiddenHeader;
            }
        }

        return IsTextOrAbsent(members, "kid") && IsTextOrAbsent(members, "typ") && IsTextOrAbsent(members, "jku") && members.Text("alg") is not null
            ? null
            : TokenRefusals.Malformed;
    }

    private static bool IsTextOrAbsent(JsonElement members, string name) =>
        !members.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.String;
}
