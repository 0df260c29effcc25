using System.Text.Json;

namespace Kakehashi.Node.Passports;

/// <summary>Who a visa is about: a subject at its issuer (GA4GH "Visa Identity"). The same subject elsewhere is somebody else.</summary>
public readonly record struct VisaIdentity(string Subject, string Issuer);

/// <summary>A visa that this node accepts: signed by an issuer it trusts, from a source it believes that issuer for, in force.</summary>
/// <param name="Until">Second since 1970 from which on it counts no more: it expires, or was asserted too long before.</param>
/// <param name="Conditions">Alternatives, one of which other visas must meet; null when the visa has none.</param>
public sealed record Visa(
    VisaIdentity Identity, string Type, string Value, string Source, string? By, long Until, JsonElement? Conditions)
{
    /// <summary>False when the claim is absent or an empty list.</summary>
    public bool IsConditional => Conditions is { } conditions && conditions.GetArrayLength() > 0;
}
