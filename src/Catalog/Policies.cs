using Kakehashi.Contracts;
using Microsoft.AspNetCore.Authorization;

namespace Kakehashi.Catalog;

/// <summary>Who may call what. Every route names one of these.</summary>
public static class Policies
{
    /// <summary>Whoever may see what biobanks hold.</summary>
    public const string Reading = "catalog.reading";

    /// <summary>Whoever may put a question to biobanks, or ask them what the own passport opens.</summary>
    public const string Searching = "catalog.searching";

    public static void Register(AuthorizationBuilder builder) => builder
        .AddPolicy(Reading, policy => policy.RequireClaim(
            TokenClaims.Roles, Roles.Researcher, Roles.Steward, Roles.Auditor, Roles.Operator))
        .AddPolicy(Searching, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Researcher));
}
