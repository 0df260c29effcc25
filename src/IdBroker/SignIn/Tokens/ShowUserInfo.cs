using System.Text.Json;
using System.Text.Json.Serialization;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.IdBroker.SignIn.Passports;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>Who the person of an access token is (OpenID Connect Core section 5.3), as far as they let this client know.</summary>
public static class ShowUserInfo
{
    /// <param name="OrcId">https://orcid.org/…, as its holder proved it to an institution.</param>
    public sealed record Response(string Sub)
    {
        public string? Name { get; init; }

        public string? Org { get; init; }

        public string? Orcid { get; init; }

        public IReadOnlyList<string>? Roles { get; init; }

        public string? Acr { get; init; }

        /// <summary>The person's visas, each a signed JWT (GA4GH AAI).</summary>
        [JsonPropertyName(VisaWords.PassportClaim)]
        public IReadOnlyList<string>? Visas { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapMethods("/userinfo", [HttpMethods.Get, HttpMethods.Post], HandleAsync)
        .WithName(nameof(ShowUserInfo))
        .AllowAnonymous(); // takes tokens that are bound to a key too, which the usual scheme leaves to the Gateway

    internal static async Task<IResult> HandleAsync(
        HttpContext context, TokenVerifier verifier, DpopAtBroker dpop, SignInSessions sessions, NpgsqlDataSource database, PassportGrant passports, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        var (claims, refusal) = await AuthenticateAsync(context.Request, verifier, dpop, ct);
        if (refusal is not null)
        {
            return Refuse(context, refusal, StatusCodes.Status401Unauthorized);
        }

        var scopes = AuthorizationRules.Words(claims.Text(TokenClaims.Scope));
        if (!scopes.Contains("openid"))
        {
            return Refuse(context, "insufficient_scope", StatusCodes.Status403Forbidden);
        }

        if (!Guid.TryParseExact(claims.Text(TokenClaims.Session), "N", out var sessionId) || await sessions.FindAsync(sessionId, ct) is not { } session)
        {
            return Refuse(context, "invalid_token", StatusCodes.Status401Unauthorized);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        return await Account.FindAsync(connection, claims.Text("sub")!, ct) is { } account
            ? TypedResults.Json(
                Describe(account, scopes, claims) with { Visas = await passports.AgreedVisasAsync(session, claims, ct) }, ServiceDefaultsExtensions.Json)
            : Refuse(context, "invalid_token", StatusCodes.Status401Unauthorized);
    }

    private static Response Describe(Account account, string[] scopes, JsonElement claims) => !scopes.Contains("profile")
        ? new(account.AccountId)
        : new(account.AccountId)
        {
            Name = account.DisplayName,
            Org = account.Org.Length == 0 ? null : account.Org,
            Orcid = account.Orcid,
            Roles = account.RolesAt(claims.Text(TokenClaims.Acr) ?? Assurance.Sfa),
            Acr = claims.Text(TokenClaims.Acr),
        };

    /// <summary>The verified claims, or the error code of RFC 6750 or RFC 9449.</summary>
    private static async Task<(JsonElement Claims, string? Refusal)> AuthenticateAsync(
        HttpRequest request, TokenVerifier verifier, DpopAtBroker dpop, CancellationToken ct)
    {
        if (TokenOf(request.Headers.Authorization) is not { } shown)
        {
            return (default, "invalid_token");
        }

        var (claims, refusal) = await verifier.VerifyAsync(shown.Token, ct);
        if (refusal is not null)
        {
            return (default, "invalid_token");
        }

        var bound = claims.TryGetProperty(TokenClaims.Confirmation, out var confirmation) ? confirmation.Text("jkt") ?? "" : null;
        if (!shown.IsDpop)
        {
            return bound is null ? (claims, null) : (default, "invalid_token"); // RFC 9449 section 7.2: bound is bound
        }

        var (thumbprint, error) = await dpop.ProveAsync(request, shown.Token, ct);
        return error is not null ? (default, error.Error)
            : thumbprint is null || thumbprint != bound ? (default, DpopProofs.Error)
            : (claims, null);
    }

    private static (string Token, bool IsDpop)? TokenOf(StringValues header) => header switch
    {
        [{ } one] when one.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) => (one["Bearer ".Length..], false),
        [{ } one] when one.StartsWith("DPoP ", StringComparison.OrdinalIgnoreCase) => (one["DPoP ".Length..], true),
        _ => null,
    };

    private static StatusCodeHttpResult Refuse(HttpContext context, string error, int status)
    {
        context.Response.Headers.Append(HeaderNames.WWWAuthenticate, $"Bearer error=\"{error}\"");
        context.Response.Headers.Append(HeaderNames.WWWAuthenticate, $"DPoP error=\"{error}\", algs=\"ES256\"");
        return TypedResults.StatusCode(status);
    }
}
