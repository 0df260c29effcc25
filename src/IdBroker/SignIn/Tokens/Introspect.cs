using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>
/// Whether a token still counts (RFC 7662). Verifying a token says that it was issued; this says that its session and its
/// family have not ended since. Only clients with the permission may ask; to everybody else every token is unknown.
/// </summary>
public static class Introspect
{
    public sealed record Response(bool Active)
    {
        public static readonly Response Inactive = new(false);

        public string? Iss { get; init; }

        public string? Sub { get; init; }

        public string? Aud { get; init; }

        [JsonPropertyName("client_id")]
        public string? ClientId { get; init; }

        [JsonPropertyName("token_type")]
        public string? TokenType { get; init; }

        public string? Scope { get; init; }

        public string? Sid { get; init; }

        public string? Acr { get; init; }

        public long? Iat { get; init; }

        public long? Exp { get; init; }

        public JsonElement? Cnf { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/introspect", HandleAsync)
        .WithName(nameof(Introspect))
        .AllowAnonymous(); // the client proves itself inside

    internal static async Task<IResult> HandleAsync(
        HttpRequest request,
        ClientAuthentication authentication,
        TokenVerifier verifier,
        SignInSessions sessions,
        NpgsqlDataSource database,
        ILogger<Response> logger,
        CancellationToken ct)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        if (await TokenForm.ReadAsync(request, ct) is not { } form || form["token"] is not { } token)
        {
            return OAuthAnswers.Refuse(OAuthError.InvalidRequest("Send a form with token, and no parameter twice."), "no-form", logger);
        }

        var (client, unproven) = await authentication.AuthenticateAsync(form, ct);
        if (client is not { IsPublic: false })
        {
            return OAuthAnswers.Refuse(unproven ?? OAuthError.InvalidClient("A public client may not introspect."), "no-client", logger);
        }

        var answer = !client.Permissions.Contains(Client.Introspection) ? Response.Inactive
            : token.Contains('.', StringComparison.Ordinal) ? await OfAccessTokenAsync(token, verifier, sessions, ct)
            : await OfRefreshTokenAsync(token, sessions, database, ct);
        return TypedResults.Json(answer, ServiceDefaultsExtensions.Json);
    }

    private static async Task<Response> OfAccessTokenAsync(string token, TokenVerifier verifier, SignInSessions sessions, CancellationToken ct)
    {
        var (claims, refusal) = await verifier.VerifyAsync(token, ct);
        if (refusal is not null)
        {
            return Response.Inactive;
        }

        // A client's own token has no session: it counts until it expires.
        var sid = claims.Text(TokenClaims.Session);
        if (sid is not null && (!Guid.TryParseExact(sid, "N", out var sessionId) || await sessions.FindAsync(sessionId, ct) is null))
        {
            return Response.Inactive;
        }

        var isBound = claims.TryGetProperty(TokenClaims.Confirmation, out var confirmation);
        return new(true)
        {
            Iss = claims.Text("iss"),
            Sub = claims.Text("sub"),
            Aud = claims.Text("aud"),
            ClientId = claims.Text("client_id"),
            TokenType = isBound ? DpopProofs.Scheme : "Bearer",
            Scope = claims.Text(TokenClaims.Scope),
            Sid = sid,
            Acr = claims.Text(TokenClaims.Acr),
            Iat = claims.GetProperty("iat").GetInt64(),
            Exp = claims.GetProperty("exp").GetInt64(),
            Cnf = isBound ? confirmation : null,
        };
    }

    private static async Task<Response> OfRefreshTokenAsync(string token, SignInSessions sessions, NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var found = await connection.QuerySingleOrDefaultAsync<(string ClientId, Guid SessionId)?>(new(
            """
            SELECT client_id, session_id
            FROM refresh_token JOIN token_family USING (family_id)
            WHERE token_hash = @hash AND used_at IS NULL AND ended_at IS NULL
            """,
            new { hash = OpaqueSecret.HashOf(token) },
            cancellationToken: ct));
        return found is { } family && await sessions.FindAsync(family.SessionId, ct) is { } session
            ? new(true) { ClientId = family.ClientId, Sub = session.AccountId, Sid = session.SessionId.ToString("N"), Acr = session.Acr }
            : Response.Inactive;
    }
}
