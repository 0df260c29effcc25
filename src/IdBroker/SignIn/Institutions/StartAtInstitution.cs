using System.Globalization;
using Kakehashi.IdBroker.SignIn.Sessions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// Sends a person to their institution to sign in there: authorization code with PKCE, state and nonce bound to this browser.
/// <c>fresh</c> makes the institution ask again, <c>mfa</c> asks it for two factors.
/// </summary>
public static class StartAtInstitution
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/institutions/{slug}/start", HandleAsync)
        .WithName(nameof(StartAtInstitution))
        .AllowAnonymous(); // this is how people come to be known

    internal static Task<IResult> HandleAsync(
        string slug,
        HttpContext context,
        KnownInstitutions institutions,
        Departure departure,
        Refusals refusals,
        CancellationToken ct,
        string? request = null,
        bool fresh = false,
        bool mfa = false) =>
        institutions.Find(slug) is { } institution
            ? departure.SendAsync(context, institution, Requests.Read(request), null, fresh || mfa, mfa, ct)
            : Task.FromResult(refusals.NoSuchInstitution(context));
}

/// <summary>How a visit to an institution begins.</summary>
public sealed class Departure(NpgsqlDataSource database, Refusals refusals, IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    /// <param name="session">Of the person who adds this institution to their account; null at a sign-in.</param>
    public async Task<IResult> SendAsync(
        HttpContext context, Institution institution, string? request, SignInSession? session, bool fresh, bool twoFactors, CancellationToken ct)
    {
        var (document, refusal) = await institution.DescribeAsync(ct);
        if (document is null)
        {
            return await refusals.RefuseAsync(context, institution, session?.AccountId, refusal!, ct);
        }

        var visit = new Visit(OpaqueSecret.Create(), request, session?.SessionId, fresh, twoFactors, clock.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(ct);
        var state = await Visits.StartAsync(context, connection, institution.Slug, visit, ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Redirect(QueryHelpers.AddQueryString(document.AuthorizationEndpoint.OriginalString, Parameters(institution, visit, state)));
    }

    private Dictionary<string, string?> Parameters(Institution institution, Visit visit, string state) => new()
    {
        ["response_type"] = "code",
        ["client_id"] = institution.Entry.ClientId,
        ["redirect_uri"] = institution.RedirectUri(options.Value.Issuer),
        ["scope"] = string.Join(' ', institution.Entry.ScopesAsked),
        ["state"] = state,
        ["nonce"] = visit.Nonce,
        ["code_challenge"] = visit.Challenge,
        ["code_challenge_method"] = "S256",
        // With it the institution must say when it last asked the person (OpenID Connect Core 3.1.2.1).
        ["max_age"] = visit.MaxAge.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture),
        ["prompt"] = visit.Fresh ? "login" : null,
        ["acr_values"] = visit.TwoFactors && institution.Entry.TwoFactorsKnown.Acr is [_, ..] acr ? string.Join(' ', acr) : null,
    };
}
