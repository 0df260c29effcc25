using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Authorization;

namespace Kakehashi.IdBroker;

/// <summary>Who may call what. Every route names one of these, or is public because a caller without a token needs it.</summary>
public static class Policies
{
    /// <summary>Whoever signed in as a person; a client's own token has no acr.</summary>
    public const string Person = "idbroker.person";

    /// <summary>A person who signed in with two factors a moment ago.</summary>
    public const string PersonNow = "idbroker.person-now";

    /// <summary>A person at their own account: in a browser by the sign-in cookie, or with a token.</summary>
    public const string Owner = "idbroker.owner";

    public const string Operator = "idbroker.operator";

    /// <summary>An operator who signed in with two factors a moment ago.</summary>
    public const string OperatorNow = "idbroker.operator-now";

    /// <summary>Whoever gives some role, signed in with two factors a moment ago. For whom and what, RoleRules says.</summary>
    public const string RoleKeeper = "idbroker.role-keeper";

    public static void Register(AuthorizationBuilder builder) => builder
        .AddPolicy(Person, policy => policy.RequireClaim(TokenClaims.Acr))
        .AddPolicy(PersonNow, policy => policy.RequireClaim(TokenClaims.Acr).RequireStepUp())
        .AddPolicy(Owner, policy => policy.AddAuthenticationSchemes(SessionAuthentication.Owner).RequireClaim(TokenClaims.Acr))
        .AddPolicy(Operator, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Operator))
        .AddPolicy(OperatorNow, policy => policy.RequireClaim(TokenClaims.Roles, Roles.Operator).RequireStepUp())
        .AddPolicy(RoleKeeper, policy => policy
            .RequireClaim(TokenClaims.Roles, Roles.Operator, Roles.DacChair, Roles.Steward, Roles.Representative).RequireStepUp());
}
