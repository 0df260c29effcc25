using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Sessions;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// Sends a person to their institution to sign in there. Whoever is signed in already, or whose client demands a fresh sign-in or two
/// factors, is asked again there.
/// </summary>
public static class StartAtInstitution
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/institutions/{slug}/start", HandleAsync)
        .WithName(nameof(StartAtInstitution))
        .AllowAnonymous(); // this is how people come to be known

    internal static async Task<IResult> HandleAsync(
        string slug,
        HttpContext context,
        KnownInstitutions institutions,
        AuthorizationRequests requests,
        ClientRegistry clients,
        SignInSessions sessions,
        Departure departure,
        RefusedSignIns refused,
        CancellationToken ct)
    {
        if (institutions.Find(slug) is not { } institution)
        {
            return refused.NoSuchInstitution(context);
        }

        var goal = SignInGoal.Of(context.Request);
        var pending = goal.Request is null ? null : await requests.FindAsync(goal.Request, ct);
        if (goal.Request is not null && pending is null)
        {
            return refused.Show(context, InstitutionRefusals.TookTooLong);
        }

        var client = pending?.ClientId is { } clientId ? clients.Find(clientId) : null;
        var ask = client is null ? null : AuthorizationRules.Read(client, name => pending![name], out _);
        var isSignedIn = await sessions.FindAsync(context, ct) is not null;
        return await departure.SendAsync(context, institution, goal, null, SignInDemands.Of(goal, ask, isSignedIn), ct);
    }
}

/// <summary>What the institution is asked for beyond a sign-in.</summary>
public sealed record SignInDemands(bool Fresh, bool TwoFactors)
{
    /// <param name="ask">What a client asked for, if one did.</param>
    public static SignInDemands Of(SignInGoal goal, AuthorizationAsk? ask, bool isSignedIn) => new(
        isSignedIn || goal.TwoFactors || ask is { MaxAgeSeconds: not null } or { TwoFactors: true }
            || ask?.Prompt.Any(prompt => prompt is "login" or "select_account") == true,
        goal.TwoFactors || ask is { TwoFactors: true });
}
