using Kakehashi.IdBroker.SignIn.Institutions;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>The page on which a person chooses how to sign in: through their institution, with a passkey, or with a password.</summary>
public static class ShowSignIn
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/sign-in", HandleAsync)
        .WithName(nameof(ShowSignIn))
        .AllowAnonymous(); // nobody is signed in yet

    internal static async Task<RazorComponentResult> HandleAsync(
        HttpContext context, SignInSessions sessions, KnownInstitutions institutions, IOptions<IdBrokerOptions> options, CancellationToken ct)
    {
        var current = await sessions.FindAsync(context, ct);
        return Render(context, institutions, options.Value.Issuer, current?.AccountId, fault: null);
    }

    internal static RazorComponentResult Render(
        HttpContext context, KnownInstitutions institutions, string issuer, string? userName, string? fault) =>
        Page.Render<SignInPage>(
            context,
            issuer,
            new()
            {
                [nameof(SignInPage.Goal)] = SignInGoal.Of(context.Request),
                [nameof(SignInPage.Institutions)] = institutions.All,
                [nameof(SignInPage.UserName)] = userName,
                [nameof(SignInPage.Fault)] = fault,
            },
            fault is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
}
