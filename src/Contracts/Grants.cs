using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>
/// A data access committee's permission that is in force now, for one person: what the IdBroker needs to issue a
/// ControlledAccessGrants visa. <c>GET /grants/live?subject=</c> of Consent.
/// </summary>
/// <param name="Value">The visa's value: the URL that names the dataset.</param>
/// <param name="Source">The visa's source: the URL that names the committee. Its <c>by</c> is <see cref="VisaWords.ByCommittee"/>.</param>
/// <param name="AssertedAt">When the committee decided.</param>
/// <param name="Until">When the permission ends; the visa must not outlive it.</param>
public sealed record LiveGrant(
    [property: JsonRequired] Guid GrantId,
    [property: JsonRequired] string Biobank,
    [property: JsonRequired] string Dataset,
    [property: JsonRequired] string Project,
    [property: JsonRequired] Purpose Purpose,
    [property: JsonRequired] string Value,
    [property: JsonRequired] string Source,
    [property: JsonRequired] DateTimeOffset AssertedAt,
    [property: JsonRequired] DateTimeOffset Until);
