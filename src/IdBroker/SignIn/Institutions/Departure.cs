using System.Globalization;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>How a visit to an institution begins: authorization code with PKCE, state and nonce bound to this browser.</summary>
public sealed class Departure(NpgsqlDataSource database, RefusedSignIns refused, IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    /// <param name="session">Of the person who adds this institution to their account; null at a sign-in.</param>
    public async Task<IResult> SendAsync(
        HttpContext context, Institution institution, SignInGoal goal, SignInSession? session, SignInDemands demands, CancellationToken ct)
    {
        var (document, refusal) = await institution.DescribeAsync(ct);
        if (document is null)
        {
            return await refused.RefuseAsync(context, institution, session?.AccountId, refusal!, ct);
        }

        var visit = new Visit(OpaqueSecret.Create(), goal, session?.SessionId, demands.Fresh, clock.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(ct);
        var state = await Visits.StartAsync(context, connection, institution.Slug, visit, ct);
        return new SeeOther(QueryHelpers.AddQueryString(
            document.AuthorizationEndpoint.OriginalString, Parameters(institution, visit, state, demands.TwoFactors)));
    }

    private Dictionary<string, string?> Parameters(Institution institution, Visit visit, string state, bool twoFactors) => new()
    {
        ["response_type"] = "code",
        ["client_id"] = institution.Entry.ClientId,
        ["redirect_uri"] = institution.RedirectAddress(options.Value.Issuer),
        ["scope"] = string.Join(' ', institution.Entry.ScopesAsked),
        ["state"] = state,
        ["nonce"] = visit.Nonce,
        ["code_challenge"] = visit.Challenge,
        ["code_challenge_method"] = "S256",
        // With it the institution must say when it last asked the person (OpenID Connect Core 3.1.2.1).
        ["max_age"] = visit.MaxAge.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture),
        ["prompt"] = visit.Fresh ? "login" : null,
        ["acr_values"] = twoFactors && institution.Entry.TwoFactorsKnown.Acr is [_, ..] acr ? string.Join(' ', acr) : null,
    };
}
