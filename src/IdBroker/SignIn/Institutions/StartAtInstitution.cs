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
        string? request,
        HttpContext context,
        KnownInstitutions institutions,
        AuthorizationRequests requests,
        ClientRegistry clients,
        SignInSessions sessions,
        Departure departure,
        Refusals refusals,
        CancellationToken ct)
    {
        if (institutions.Find(slug) is not { } institution)
        {
            return refusals.NoSuchInstitution(context);
        }

        var pending = Requests.Read(request) is { } id ? await requests.FindAsync(id, ct) : null;
        if (request is not null && pending is null)
        {
            return refusals.Show(context, InstitutionRefusals.TookTooLong);
        }

        var client = pending?.ClientId is { } clientId ? clients.Find(clientId) : null;
        var ask = client is null ? null : AuthorizationRules.Read(client, name => pending![name], out _);
        var isSignedIn = await sessions.FindAsync(context, ct) is not null;
        return await departure.SendAsync(context, institution, request, null, SignInDemands.Of(ask, isSignedIn), ct);
    }
}

/// <summary>What the institution is asked for beyond a sign-in.</summary>
public sealed record SignInDemands(bool Fresh, bool TwoFactors)
{
    /// <param name="ask">What a client asked for, if one did.</param>
    public static SignInDemands Of(AuthorizationAsk? ask, bool isSignedIn) => new(
        isSignedIn || ask is { MaxAgeSeconds: not null } or { TwoFactors: true }
            || ask?.Prompt.Any(prompt => prompt is "login" or "select_account") == true,
        ask?.TwoFactors ?? isSignedIn);
}
