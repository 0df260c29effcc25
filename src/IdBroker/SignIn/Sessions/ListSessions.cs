using System.Security.Claims;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Sessions;

/// <summary>A person sees where they are signed in: browsers, and devices they approved.</summary>
public static class ListSessions
{
    /// <param name="IsCurrent">Whether it is the one that asks.</param>
    public sealed record Session(
        Guid SessionId, string Device, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt, string Acr, string? Institution, bool IsCurrent);

    public sealed record Response(IReadOnlyList<Session> Sessions);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/account/sessions", HandleAsync)
        .WithName(nameof(ListSessions))
        .RequireAuthorization(Policies.Owner);

    internal static async Task<Ok<Response>> HandleAsync(ClaimsPrincipal user, NpgsqlDataSource database, TimeProvider clock, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return TypedResults.Ok(new Response(await ReadAsync(connection, user, clock.GetUtcNow(), ct)));
    }

    internal static async Task<IReadOnlyList<Session>> ReadAsync(NpgsqlConnection connection, ClaimsPrincipal user, DateTimeOffset now, CancellationToken ct)
    {
        var current = user.FindFirstValue(TokenClaims.Session);
        var rows = await connection.QueryAsync<(Guid Id, string Device, DateTime StartedAt, DateTime LastSeenAt, string Acr, string? Institution)>(new(
            """
            SELECT session_id, device, started_at, last_seen_at, acr, institution FROM sign_in_session
            WHERE account_id = @accountId AND ended_at IS NULL AND started_at > @started AND last_seen_at > @seen
            ORDER BY last_seen_at DESC, session_id
            """,
            new { accountId = user.ActorId(), started = now - SessionRules.Longest, seen = now - SessionRules.Idle },
            cancellationToken: ct));
        return [.. rows.Select(row => new Session(
            row.Id, row.Device, row.StartedAt, row.LastSeenAt, row.Acr, row.Institution, row.Id.ToString("N") == current))];
    }
}
