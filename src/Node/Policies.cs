using Kakehashi.Contracts;
using Microsoft.AspNetCore.Authorization;

namespace Kakehashi.Node;

/// <summary>Who may call a node. All of them come with a token whose audience is this node and no other.</summary>
public static class Policies
{
    /// <summary>A researcher's question, brought by the Catalog: the token names person, purpose and project.</summary>
    public const string Question = "node.question";

    /// <summary>A researcher asks what the own passport opens; the purpose that the token names plays no part.</summary>
    public const string Access = "node.access";

    public const string Catalog = "node.catalog";
    public const string Consent = "node.consent";

    public static void Register(AuthorizationBuilder builder) => builder
        .AddPolicy(Question, policy => policy
            .RequireClaim(TokenClaims.Roles, Roles.Researcher).RequireClaim(TokenClaims.AuthorizationDetails))
        .AddPolicy(Access, policy => policy
            .RequireClaim(TokenClaims.Roles, Roles.Researcher).RequireClaim(TokenClaims.AuthorizationDetails))
        .AddPolicy(Catalog, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Catalog))
        .AddPolicy(Consent, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Consent));
}
