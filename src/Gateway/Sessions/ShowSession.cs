using Kakehashi.Contracts;
using Kakehashi.Gateway.Doors;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Gateway.Sessions;

/// <summary>Who is signed in here, and how long it lasts. To ask is not to use the session, so a page may ask as often as it likes.</summary>
public static class ShowSession
{
    /// <param name="ExpiresAt">Whatever happens.</param>
    /// <param name="IdleAt">Unless the session is used before.</param>
    public sealed record Response(bool SignedIn)
    {
        public string? Account { get; init; }

        public string? Name { get; init; }

        public string? Org { get; init; }

        public IReadOnlyList<string>? Roles { get; init; }

        public string? Acr { get; init; }

        public DateTimeOffset? AuthTime { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }

        public DateTimeOffset? IdleAt { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/session", HandleAsync)
        .WithName(nameof(ShowSession))
        .WithMetadata(Door.Front)
        .AllowAnonymous();

    internal static async Task<Response> HandleAsync(HttpContext context, BrowserSessions sessions, CancellationToken ct)
    {
        return SessionCookies.Find(context.Request, SessionCookies.Session) is { } secret && await sessions.FindAsync(secret, ct) is { } session
            ? Describe(session)
            : new(SignedIn: false);
    }

    /// <summary>As the access token says, which was verified when it came; it may have ended and be renewed at the next use.</summary>
    private static Response Describe(BrowserSession session)
    {
        StrictJson.TryReadObject(CompactJws.Read(session.Tokens.AccessToken, out _)!.Payload, out var claims);
        return new(SignedIn: true)
        {
            Account = session.Account,
            Name = session.Tokens.Name,
            Org = claims.Text(TokenClaims.Organisation),
            Roles = claims.TryGetProperty(TokenClaims.Roles, out var roles) ? [.. roles.EnumerateArray().Select(role => role.GetString()!)] : [],
            Acr = claims.Text(TokenClaims.Acr),
            AuthTime = claims.TryGetProperty(TokenClaims.AuthTime, out var at) ? DateTimeOffset.FromUnixTimeSeconds(at.GetInt64()) : null,
            ExpiresAt = SessionRules.EndsAt(session.StartedAt),
            IdleAt = SessionRules.IdleAt(session.LastSeenAt),
        };
    }
}
