using System.Collections.Frozen;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Node.Passports;

/// <summary>
/// Which visas count (GA4GH AAI 1.2.1 "Conformance for Passport Clearinghouses", Passport 1.2 "Visa Format"). Pure. Null means
/// that nothing speaks against it, otherwise one of <see cref="VisaRefusals"/>.
/// </summary>
public static class VisaRules
{
    private const long LastSecond = 253_402_300_799; // the end of year 9999
    private const long ClockSkew = 5; // seconds; for dates in the future only: what has expired has expired

    private static readonly FrozenSet<string> Kinds = FrozenSet.Create(
        VisaWords.AffiliationAndRole, VisaWords.AcceptedTermsAndPolicies, VisaWords.ResearcherStatus,
        VisaWords.ControlledAccessGrants, VisaWords.LinkedIdentities);

    private static readonly FrozenSet<string> UrlKinds = FrozenSet.Create(
        VisaWords.AcceptedTermsAndPolicies, VisaWords.ResearcherStatus, VisaWords.ControlledAccessGrants);

    private static readonly FrozenSet<string> AuthorityKinds = FrozenSet.Create(
        VisaWords.AcceptedTermsAndPolicies, VisaWords.ControlledAccessGrants);

    /// <summary>What can be said before a key is looked for.</summary>
    public static string? WhyNotHeader(CompactJws jws, string issuer, PassportPolicy policy) => jws switch
    {
        { Type: not VisaWords.VisaType } => VisaRefusals.WrongType,
        { Algorithm: not (VerificationKey.Es256 or VerificationKey.Rs256) } => VisaRefusals.WrongAlgorithm,
        _ when !policy.Issuers.TryGetValue(issuer, out _) => VisaRefusals.UnknownIssuer,
        { KeySetUrl: { } url } when !BelongsTo(url, issuer, policy.Issuers[issuer].KeySetUrl) => VisaRefusals.ForeignKeySet,
        { KeyId: null or "" } => VisaRefusals.UnknownKey,
        _ => null,
    };

    /// <summary>The visa that verified claims make; null when it is refused.</summary>
    public static Visa? Read(JsonElement claims, PassportPolicy policy, long now, out string? refusal)
    {
        refusal = VisaRefusals.ClaimMissing;
        if (claims.Text("iss") is not { Length: > 0 } issuer || claims.Text("sub") is not { Length: > 0 } subject
            || !claims.TryGetProperty(VisaWords.VisaClaim, out var says) || says.ValueKind != JsonValueKind.Object
            || says.Text("type") is not { Length: > 0 } type || says.Text("value") is not { Length: > 0 } value
            || says.Text("source") is not { Length: > 0 } source)
        {
            return null;
        }

        var hasConditions = says.TryGetProperty("conditions", out var conditions);
        refusal = WhyNotDates(claims, says, policy, now, out var until)
            ?? WhyNotToken(claims, policy)
            ?? WhyNotAssertion(type, value, says.Text("by"), policy.Issuers[issuer].Sources.Contains(source))
            ?? (hasConditions && conditions.ValueKind != JsonValueKind.Array ? VisaRefusals.MalformedConditions : null);
        return refusal is null
            ? new(new(subject, issuer), type, value, source, says.Text("by"), until, hasConditions ? conditions : null)
            : null;
    }

    private static string? WhyNotDates(JsonElement claims, JsonElement says, PassportPolicy policy, long now, out long until)
    {
        until = 0;
        if (!claims.TryGetProperty("exp", out _) || !claims.TryGetProperty("iat", out _) || !says.TryGetProperty("asserted", out _))
        {
            return VisaRefusals.ClaimMissing;
        }

        if (Seconds(claims, "exp") is not { } exp || Seconds(claims, "iat") is not { } iat || Seconds(says, "asserted") is not { } asserted
            || (claims.TryGetProperty("nbf", out _) && Seconds(claims, "nbf") is null) || iat >= exp)
        {
            return VisaRefusals.WrongDate;
        }

        // Passport 1.2 "Visa Expiry", option A: for every visa that a decision rests on.
        until = Math.Min(exp, policy.LongestAuthorisation is { } longest ? asserted + longest : exp);
        return now switch
        {
            _ when now >= exp => VisaRefusals.Expired,
            _ when now >= until => VisaRefusals.AssertedTooLongAgo,
            _ when Math.Max(Math.Max(iat, asserted), Seconds(claims, "nbf") ?? 0) > now + ClockSkew => VisaRefusals.NotYetValid,
            _ => null,
        };
    }

    private static string? WhyNotToken(JsonElement claims, PassportPolicy policy)
    {
        if (claims.TryGetProperty("scope", out var scope)
            && (scope.ValueKind != JsonValueKind.String || scope.GetString()!.Split(' ').Contains("openid")))
        {
            return VisaRefusals.AccessToken;
        }

        return !claims.TryGetProperty("aud", out var audience) || Names(audience).Contains(policy.Audience)
            ? null
            : VisaRefusals.OtherAudience;
    }

    private static string? WhyNotAssertion(string type, string value, string? by, bool isBelieved) => type switch
    {
        _ when !Kinds.Contains(type) => VisaRefusals.UnsupportedKind,
        _ when !isBelieved => VisaRefusals.UntrustedSource,
        _ when AuthorityKinds.Contains(type) && string.IsNullOrEmpty(by) => VisaRefusals.NoAuthority,
        _ when UrlKinds.Contains(type) && value.Length > VisaWords.LongestUrl => VisaRefusals.ValueTooLong,
        _ => null,
    };

    private static bool BelongsTo(string keySetUrl, string issuer, string? configured) =>
        keySetUrl == configured || keySetUrl.StartsWith($"{issuer.TrimEnd('/')}/", StringComparison.Ordinal);

    private static IEnumerable<string?> Names(JsonElement audience) => audience.ValueKind switch
    {
        JsonValueKind.String => [audience.GetString()],
        JsonValueKind.Array => audience.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()),
        _ => [],
    };

    private static long? Seconds(JsonElement value, string member) =>
        value.TryGetProperty(member, out var found) && found.ValueKind == JsonValueKind.Number
        && found.TryGetInt64(out var seconds) && seconds is >= 0 and <= LastSecond
            ? seconds
            : null;
}
