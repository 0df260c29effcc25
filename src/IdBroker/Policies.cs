using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Authorization;

namespace Kakehashi.IdBroker;

/// <summary>Who may call what. Every route names one of these, or is public because a caller without a token needs it.</summary>
public static class Policies
{
    public const string Operator = "idbroker.operator";

    /// <summary>An operator who signed in with two factors a moment ago.</summary>
    public const string OperatorNow = "idbroker.operator-now";

    public static void Register(AuthorizationBuilder builder) => builder
        .AddPolicy(Operator, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Operator))
        .AddPolicy(OperatorNow, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Operator).RequireStepUp());
}
