using Kakehashi.Contracts;
using Microsoft.AspNetCore.Authorization;

namespace Kakehashi.Metering;

/// <summary>Who may call what. Every route names one of these.</summary>
public static class Policies
{
    /// <summary>A node or service that delivers its own ledger.</summary>
    public const string Delivering = "metering.delivering";

    /// <summary>Whoever checks what the platform was used for.</summary>
    public const string Auditing = "metering.auditing";

    public static void Register(AuthorizationBuilder builder) => builder
        .AddPolicy(Delivering, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Node, Roles.IdBroker))
        .AddPolicy(Auditing, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Auditor));
}
