using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Authorization;

namespace Kakehashi.Consent;

/// <summary>Who may call what. Every route names one of these.</summary>
public static class Policies
{
    /// <summary>Whoever may take back a consent: the participant, or a data steward of the participant's biobank.</summary>
    public const string Withdrawing = "consent.withdrawing";

    /// <summary>Whoever watches that withdrawals reach the nodes.</summary>
    public const string Watching = "consent.watching";

    /// <summary>The chair of a data access committee, freshly signed in with two factors.</summary>
    public const string Granting = "consent.granting";

    /// <summary>The chair of a data access committee; stopping never waits.</summary>
    public const string Revoking = "consent.revoking";

    /// <summary>Whoever may have been granted access, and whoever oversees grants.</summary>
    public const string SeeingGrants = "consent.seeing-grants";

    /// <summary>The IdBroker, which puts grants into visas.</summary>
    public const string ReadingLiveGrants = "consent.reading-live-grants";

    public static void Register(AuthorizationBuilder builder) => builder
        .AddPolicy(Withdrawing, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Participant, Roles.Steward))
        .AddPolicy(Watching, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Operator, Roles.Auditor))
        .AddPolicy(Granting, policy => policy.RequireClaim(TokenClaims.Roles, Roles.DacChair).RequireStepUp())
        .AddPolicy(Revoking, policy => policy.RequireClaim(TokenClaims.Roles, Roles.DacChair))
        .AddPolicy(SeeingGrants, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Researcher, Roles.Steward, Roles.DacChair))
        .AddPolicy(ReadingLiveGrants, policy => policy.RequireClaim(TokenClaims.Roles, Roles.IdBroker));
}
