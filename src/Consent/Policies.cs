using Kakehashi.Contracts;
using Microsoft.AspNetCore.Authorization;

namespace Kakehashi.Consent;

/// <summary>Who may call what. Every route names one of these.</summary>
public static class Policies
{
    /// <summary>Whoever may take back a consent: the participant, or a data steward of the participant's biobank.</summary>
    public const string Withdrawing = "consent.withdrawing";

    /// <summary>Whoever watches that withdrawals reach the nodes.</summary>
    public const string Watching = "consent.watching";

    public static void Register(AuthorizationBuilder builder) => builder
        .AddPolicy(Withdrawing, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Participant, Roles.Steward))
        .AddPolicy(Watching, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Operator, Roles.Auditor));
}
