using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>Names of claims and roles in access tokens (RFC 9068).</summary>
public static class TokenClaims
{
    public const string Subject = "sub";
    public const string Issuer = "iss";
    public const string ClientId = "client_id";
    public const string Roles = "roles";
    public const string Organisation = "org";

    /// <summary>
    /// The roles a person has at one biobank, <c>role:biobank</c>: who is steward of one and chairs the committee of another is
    /// neither at both.
    /// </summary>
    public const string BiobankRoles = "biobank_roles";

    /// <summary>The projects a researcher belongs to.</summary>
    public const string Projects = "projects";

    /// <summary>Of a participant: <c>biobank/reference</c>, the only data this account may act on.</summary>
    public const string Participant = "participant";

    /// <summary>The sign-in session that a person's token belongs to.</summary>
    public const string Session = "sid";

    /// <summary>How sure it is that the person is who they say; see <see cref="Assurance"/>.</summary>
    public const string Acr = "acr";

    /// <summary>By what means the person signed in (RFC 8176).</summary>
    public const string Amr = "amr";

    /// <summary>When the person last signed in, seconds since 1970.</summary>
    public const string AuthTime = "auth_time";

    public const string Scope = "scope";

    /// <summary>RFC 7800: the key whose holder alone may use the token.</summary>
    public const string Confirmation = "cnf";

    /// <summary>RFC 9396: what the holder of a node token may do; see <see cref="UseAuthorization"/>.</summary>
    public const string AuthorizationDetails = "authorization_details";
}

/// <summary>Roles of accounts and clients.</summary>
public static class Roles
{
    public const string Researcher = "researcher";
    public const string Steward = "steward";
    public const string Auditor = "auditor";
    public const string Participant = "participant";
    public const string Operator = "operator";

    /// <summary>Chairs a biobank's data access committee: records decisions, appoints its data stewards.</summary>
    public const string DacChair = "dac-chair";

    /// <summary>Speaks for an institution: vouches for its researchers.</summary>
    public const string Representative = "representative";

    /// <summary>A node acting for itself: opens tunnels, delivers ledger entries.</summary>
    public const string Node = "node";

    /// <summary>The Catalog reading a node's description and variables.</summary>
    public const string Catalog = "catalog";

    /// <summary>Consent bringing consent changes to a node.</summary>
    public const string Consent = "consent";

    /// <summary>The IdBroker reading live grants, and delivering its events to the ledger.</summary>
    public const string IdBroker = "idbroker";

    /// <summary>Roles that a person holds only while signed in with two factors.</summary>
    public static readonly IReadOnlyList<string> NeedTwoFactors = [Steward, DacChair, Auditor, Operator, Representative];
}

/// <summary>Values of <c>acr</c> (REFEDS assurance profiles).</summary>
public static class Assurance
{
    /// <summary>One factor.</summary>
    public const string Sfa = "https://refeds.org/profile/sfa";

    /// <summary>Two factors, or one that holds two (a passkey that verified its user).</summary>
    public const string Mfa = "https://refeds.org/profile/mfa";
}

/// <summary>Audiences of access tokens.</summary>
public static class Audiences
{
    /// <summary>The platform's central services.</summary>
    public const string Platform = "kakehashi";

    /// <summary>One node, and no other.</summary>
    public static string Node(string biobank) => $"node:{biobank}";
}

/// <summary>The authorization detail (RFC 9396) of a node token: the purpose and project it was issued for.</summary>
public sealed record UseAuthorization([property: JsonRequired] string Type, [property: JsonRequired] Purpose Purpose, string? Project)
{
    /// <summary>The one value of <see cref="Type"/>.</summary>
    public const string TypeName = "kakehashi_use";
}
