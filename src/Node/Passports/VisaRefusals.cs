using System.Collections.Frozen;

namespace Kakehashi.Node.Passports;

/// <summary>Why a visa counts for nothing. The codes are part of the API; the texts help and never quote the visa.</summary>
public static class VisaRefusals
{
    public const string TooLarge = "visa.too-large";
    public const string Malformed = "visa.malformed";
    public const string ForbiddenHeader = "visa.forbidden-header";
    public const string WrongType = "visa.wrong-type";
    public const string WrongAlgorithm = "visa.wrong-algorithm";
    public const string UnknownIssuer = "visa.unknown-issuer";
    public const string ForeignKeySet = "visa.foreign-key-set";
    public const string UnknownKey = "visa.unknown-key";
    public const string UnsuitableKey = "visa.unsuitable-key";
    public const string WrongSignature = "visa.wrong-signature";
    public const string IssuerUnavailable = "visa.issuer-unavailable";
    public const string ClaimMissing = "visa.claim-missing";
    public const string WrongDate = "visa.wrong-date";
    public const string Expired = "visa.expired";
    public const string NotYetValid = "visa.not-yet-valid";
    public const string AssertedTooLongAgo = "visa.asserted-too-long-ago";
    public const string AccessToken = "visa.access-token";
    public const string OtherAudience = "visa.other-audience";
    public const string UnsupportedKind = "visa.unsupported-kind";
    public const string UntrustedSource = "visa.untrusted-source";
    public const string NoAuthority = "visa.no-authority";
    public const string ValueTooLong = "visa.value-too-long";
    public const string MalformedConditions = "visa.malformed-conditions";

    public static readonly FrozenDictionary<string, string> Texts = new Dictionary<string, string>
    {
        [TooLarge] = "A visa is at most 8 KiB long.",
        [Malformed] = "It is not a signed JWT: three base64url segments without padding, with strict JSON inside.",
        [ForbiddenHeader] = "Its header has a member that is not supported (crit, jwk, x5u, x5c, b64, zip or enc).",
        [WrongType] = "Its header does not say typ vnd.ga4gh.visa+jwt.",
        [WrongAlgorithm] = "Visas are signed with ES256 or RS256 (AAI, \"Signing Algorithms\").",
        [UnknownIssuer] = "This biobank does not trust the visa's issuer.",
        [ForeignKeySet] = "Its jku does not belong to its issuer. It was not fetched.",
        [UnknownKey] = "It is signed with a key its issuer does not publish.",
        [UnsuitableKey] = "The key that signed it is published for another algorithm.",
        [WrongSignature] = "Its signature does not fit.",
        [IssuerUnavailable] = "The issuer's keys cannot be fetched at the moment. Try again in a few seconds.",
        [ClaimMissing] = "It lacks iss, sub, iat, exp, or in ga4gh_visa_v1 one of type, asserted, value, source.",
        [WrongDate] = "exp, iat, nbf and asserted are whole seconds since 1970, with iat before exp.",
        [Expired] = "It has expired.",
        [NotYetValid] = "It is dated in the future.",
        [AssertedTooLongAgo] = "What it says was asserted longer ago than this biobank accepts.",
        [AccessToken] = "It is an access token (its scope has openid); only visa document tokens are taken.",
        [OtherAudience] = "It is made out to somebody else (aud).",
        [UnsupportedKind] = "Visas of this type are not used here.",
        [UntrustedSource] = "This biobank does not believe this issuer for this source.",
        [NoAuthority] = "Visas of this type must say on whose authority (by).",
        [ValueTooLong] = "A URL in a visa has at most 255 characters.",
        [MalformedConditions] = "Its conditions are not a list.",
    }.ToFrozenDictionary();
}
