using System.Collections.Frozen;

namespace Kakehashi.Node.Passports;

/// <summary>Whom the node believes what.</summary>
/// <param name="Issuers">
/// Each trusted visa issuer and the sources it is believed for: an issuer that is trusted for affiliations cannot speak for the
/// data access committee.
/// </param>
/// <param name="Committees">Sources whose grants open this biobank's datasets.</param>
/// <param name="Audience">The node itself; a visa made out to others only is not for it.</param>
/// <param name="LongestAuthorisation">Seconds that an assertion counts after it was made; null for as long as its visa.</param>
public sealed record PassportPolicy(
    FrozenDictionary<string, TrustedSources> Issuers,
    FrozenSet<string> Committees,
    string Audience,
    long? LongestAuthorisation = null);

/// <summary>What one issuer is believed for.</summary>
/// <param name="Sources">Exact URLs.</param>
/// <param name="KeySetUrl">Where its keys are, when that is configured; a visa may say the same in its <c>jku</c>.</param>
public sealed record TrustedSources(FrozenSet<string> Sources, string? KeySetUrl = null);
