using System.Globalization;
using System.Security.Claims;
using Kakehashi.Contracts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>
/// A decision, a release or a key operation needs a fresh sign-in with two factors. Whom nothing else keeps out is told what to
/// ask for at the authorization endpoint (RFC 9470).
/// </summary>
public sealed class StepUp(TimeProvider clock, IProblemDetailsService problems)
    : AuthorizationHandler<StepUp.Requirement>, IAuthorizationMiddlewareResultHandler
{
    public const string Code = "token.step-up-needed";

    /// <summary>How long ago the sign-in may be.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    private static readonly string Challenge = string.Create(
        CultureInfo.InvariantCulture,
        $"{TokenAuthentication.Scheme} error=\"insufficient_user_authentication\", acr_values=\"{Assurance.Mfa}\", max_age={MaxAge.TotalSeconds:F0}");

    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public static bool IsFresh(ClaimsPrincipal user, DateTimeOffset now) =>
        user.FindFirstValue(TokenClaims.Acr) == Assurance.Mfa
        && long.TryParse(user.FindFirstValue(TokenClaims.AuthTime), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && now - DateTimeOffset.FromUnixTimeSeconds(at) is var age && age <= MaxAge && age >= -ClockSkew;

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (!authorizeResult.Forbidden || authorizeResult.AuthorizationFailure is not { } failure
            || !failure.FailedRequirements.Any() || !failure.FailedRequirements.All(requirement => requirement is Requirement))
        {
            await _usual.HandleAsync(next, context, policy, authorizeResult);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = Challenge;
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        await problems.TryWriteAsync(new()
        {
            HttpContext = context,
            ProblemDetails =
            {
                Status = StatusCodes.Status401Unauthorized,
                Type = Problems.TypeOf(Code),
                Title = "This needs a fresh sign-in with two factors.",
                Detail = $"Sign in again with a second factor; the sign-in counts for {MaxAge.TotalMinutes:F0} minutes.",
            },
        });
    }

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Requirement requirement)
    {
        if (IsFresh(context.User, clock.GetUtcNow()))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    public sealed class Requirement : IAuthorizationRequirement;
}

public static class StepUpExtensions
{
    public static AuthorizationPolicyBuilder RequireStepUp(this AuthorizationPolicyBuilder policy) => policy.AddRequirements(new StepUp.Requirement());
}
