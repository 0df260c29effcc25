using System.Collections.Frozen;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>Why a token is refused. The codes are part of the API; the texts help and never quote the token.</summary>
public static class TokenRefusals
{
    public const string Missing = "token.missing";
    public const string TooLarge = "token.too-large";
    public const string Malformed = "token.malformed";
    public const string ForbiddenHeader = "token.forbidden-header";
    public const string WrongAlgorithm = "token.wrong-algorithm";
    public const string WrongType = "token.wrong-type";
    public const string UnknownKey = "token.unknown-key";
    public const string UnsuitableKey = "token.unsuitable-key";
    public const string WrongSignature = "token.wrong-signature";
    public const string WrongIssuer = "token.wrong-issuer";
    public const string WrongAudience = "token.wrong-audience";
    public const string WrongSubject = "token.wrong-subject";
    public const string ClaimMissing = "token.claim-missing";
    public const string WrongDate = "token.wrong-date";
    public const string Expired = "token.expired";
    public const string NotYetValid = "token.not-yet-valid";
    public const string TooLong = "token.lives-too-long";

    /// <summary>Says nothing about the token: the issuer's keys cannot be had at the moment.</summary>
    public const string IssuerUnavailable = "token.issuer-unavailable";

    /// <summary>Title and detail of every refusal.</summary>
    public static readonly FrozenDictionary<string, (string Title, string Detail)> Texts = new Dictionary<string, (string, string)>
    {
        [Missing] = ("An access token is needed.", "Send it as 'Authorization: Bearer <token>', once."),
        [TooLarge] = ("The token is too large.", "Tokens longer than 8 KiB are not read."),
        [Malformed] = ("The token is not a signed JWT.", "Expected three base64url segments without padding or spaces, with strict JSON inside."),
        [ForbiddenHeader] = ("The token's header asks for something that is not supported.", "Leave out crit, jku, jwk, x5u, x5c, b64, zip and enc."),
        [WrongAlgorithm] = ("The token is signed with an algorithm that is not accepted.", "Access tokens are signed with ES256."),
        [WrongType] = ("The token is of another type.", "An access token's header says typ at+jwt (RFC 9068); an ID token or assertion is not one."),
        [UnknownKey] = ("The token is signed with a key its issuer does not publish.", "Get a new token; the key may have been retired."),
        [UnsuitableKey] = ("The key that signed the token is not meant for that.", "The issuer publishes this key for another algorithm or use, or it is too weak."),
        [WrongSignature] = ("The token's signature does not fit.", "The token was altered or signed by somebody else. Get a new one."),
        [WrongIssuer] = ("The token comes from another issuer.", "Get a token from the issuer that this service trusts."),
        [WrongAudience] = ("The token is meant for another service.", "Ask for a token whose only audience is this service."),
        [WrongSubject] = ("The token speaks for somebody else.", "Its subject is not the one expected here."),
        [ClaimMissing] = ("The token lacks a claim.", "An access token carries iss, aud, sub, client_id, iat, exp and jti (RFC 9068)."),
        [WrongDate] = ("A date in the token is not usable.", "exp, iat and nbf are whole seconds since 1970, with iat before exp."),
        [Expired] = ("The token has expired.", "Get a new token and try again."),
        [NotYetValid] = ("The token is not valid yet.", "Compare the clocks of this machine and the issuer."),
        [TooLong] = ("The token lives longer than is accepted here.", "Issue it with a shorter lifetime."),
        [IssuerUnavailable] = ("Tokens cannot be verified at the moment.", "The issuer's keys cannot be fetched. Try again in a few seconds."),
    }.ToFrozenDictionary();
}
