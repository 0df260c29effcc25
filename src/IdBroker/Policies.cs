using Kakehashi.Contracts;
using Microsoft.AspNetCore.Authorization;

namespace Kakehashi.IdBroker;

/// <summary>Who may call what. Every route names one of these, or is public because a caller without a token needs it.</summary>
public static class Policies
{
    public const string Operator = "idbroker.operator";

    public static void Register(AuthorizationBuilder builder) =>
        builder.AddPolicy(Operator, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Operator));
}
