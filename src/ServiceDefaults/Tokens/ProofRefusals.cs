using System.Collections.Frozen;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>Why a proof of possession is refused. The codes are part of the API; the texts help and never quote the proof.</summary>
public static class ProofRefusals
{
    public const string Missing = "proof.missing";
    public const string Malformed = "proof.malformed";
    public const string WrongType = "proof.wrong-type";
    public const string WrongAlgorithm = "proof.wrong-algorithm";
    public const string UnusableKey = "proof.unusable-key";
    public const string WrongSignature = "proof.wrong-signature";
    public const string WrongMethod = "proof.wrong-method";
    public const string WrongAddress = "proof.wrong-address";
    public const string WrongTime = "proof.wrong-time";
    public const string WrongId = "proof.wrong-id";
    public const string WrongToken = "proof.wrong-token";
    public const string WrongHolder = "proof.wrong-holder";
    public const string Replayed = "proof.replayed";

    /// <summary>Title and detail of every refusal.</summary>
    public static readonly FrozenDictionary<string, (string Title, string Detail)> Texts = new Dictionary<string, (string, string)>
    {
        [Missing] = ("A proof of possession is needed.", "Send one header DPoP with a proof made for this request (RFC 9449)."),
        [Malformed] = ("The proof is not a signed JWT that brings its key.", "Expected a compact JWS whose header holds typ, alg and jwk, of at most 8 KiB."),
        [WrongType] = ("The proof is of another type.", "A proof's header says typ dpop+jwt."),
        [WrongAlgorithm] = ("The proof is signed with an algorithm that is not accepted.", "Sign proofs with ES256."),
        [UnusableKey] = ("The proof's key cannot be used.", "Bring a public key on the curve P-256 as jwk, without private members."),
        [WrongSignature] = ("The proof's signature does not fit.", "Sign the proof with the key in its own header."),
        [WrongMethod] = ("The proof is for another method.", "htm is this request's method, in capitals."),
        [WrongAddress] = ("The proof is for another address.", "htu is this request's address as its caller sees it, without query and fragment."),
        [WrongTime] = ("The proof is not from now.", "iat is at most a minute ago. Compare the clocks, and make a new proof for each request."),
        [WrongId] = ("The proof has no usable jti.", "jti is 1 to 128 printable ASCII characters, new in each proof."),
        [WrongToken] = ("The proof is for another token.", "ath is the base64url of the access token's SHA-256."),
        [WrongHolder] = ("The proof is made with another key than the token is bound to.", "Prove with the key that was used when the token was issued."),
        [Replayed] = ("The proof was used before.", "Make a new proof with a new jti for each request."),
    }.ToFrozenDictionary();
}
