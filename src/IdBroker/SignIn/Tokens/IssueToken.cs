using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Passports;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>The token endpoint: a proven client gets what its registration allows, or an OAuth error that says what is wrong.</summary>
public static class IssueToken
{
    private const int LargestRequestBytes = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/token", HandleAsync)
        .WithName(nameof(IssueToken))
        .WithMetadata(new RequestSizeLimitAttribute(LargestRequestBytes))
        .AllowAnonymous(); // the client proves itself inside

    /// <summary>The grants, as one parameter.</summary>
    public sealed record GrantTypes(
        ClientAuthentication Authentication,
        ClientRegistry Clients,
        AccessTokens Tokens,
        TokenVerifier Verifier,
        SignInSessions Sessions,
        CodeGrant Code,
        RefreshGrant Refresh,
        DeviceGrant Device,
        PassportGrant Passport,
        NpgsqlDataSource Database,
        TimeProvider Clock);

    internal static async Task<IResult> HandleAsync(
        HttpRequest request, [AsParameters] GrantTypes grants, DpopAtBroker dpop, ILogger<TokenAnswer> logger, CancellationToken ct)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        if (await TokenForm.ReadAsync(request, ct) is not { } form || form["grant_type"] is not { } grant)
        {
            return OAuthAnswers.Refuse(OAuthError.InvalidRequest("Send a form with grant_type, and no parameter twice."), "no-form", logger);
        }

        if (Grants.WordFor(grant) is not { } word)
        {
            return OAuthAnswers.Refuse(new("unsupported_grant_type", "See grant_types_supported in the discovery document."), "no-grant", logger);
        }

        var (client, unproven) = await grants.Authentication.AuthenticateAsync(form, ct);
        if (client is null)
        {
            return OAuthAnswers.Refuse(unproven!, "no-client", logger);
        }

        if (!client.Grants.Contains(word))
        {
            return OAuthAnswers.Refuse(new("unauthorized_client", "This client is not registered for this grant type."), client.Id, logger);
        }

        var (thumbprint, unbound) = await dpop.ProveAsync(request, accessToken: null, ct);
        if (unbound is not null || (client.IsPublic && thumbprint is null))
        {
            return OAuthAnswers.Refuse(unbound ?? OAuthError.InvalidDpopProof("A public client sends a DPoP proof (RFC 9449) with every token request."), client.Id, logger);
        }

        var (answer, error) = await GrantAsync(grant, new(form, client, thumbprint), grants, ct);
        if (answer is null)
        {
            return OAuthAnswers.Refuse(error!, client.Id, logger);
        }

        Log.TokenIssued(logger, client.Id, word, answer.Audience);
        return TypedResults.Json(answer, ServiceDefaultsExtensions.Json);
    }

    private static async Task<GrantOutcome> GrantAsync(string grant, TokenRequest request, GrantTypes all, CancellationToken ct) => grant switch
    {
        Grants.AuthorizationCode => await all.Code.GrantAsync(request, ct),
        Grants.RefreshToken => await all.Refresh.GrantAsync(request, ct),
        Grants.DeviceCode => await all.Device.GrantAsync(request, ct),
        Grants.ClientCredentials => ClientCredentials.Grant(request.Form, request.Client, all.Clients, all.Tokens),
        Grants.TokenExchange when request.Form["requested_token_type"] == VisaWords.PassportTokenType => await all.Passport.GrantAsync(request, ct),
        Grants.TokenExchange => await ExchangeToken.GrantAsync(request.Form, request.Client, all.Clients, all.Verifier, all.Sessions, all.Tokens, ct),
        _ => await DemoAccountToken.GrantAsync(request.Form, request.Client, all.Authentication, all.Database, all.Tokens, all.Clock, ct),
    };
}
