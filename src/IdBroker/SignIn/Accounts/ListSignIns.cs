using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>Everything that was recorded about an account, for its owner: sign-ins and failures, sessions, factors, agreements. Newest first.</summary>
public static class ListSignIns
{
    private const int PageLength = 50;

    /// <param name="By">Who did it; <c>anonymous</c> for an attempt that recognised nobody.</param>
    /// <param name="Device">The browser or device of the session it is about.</param>
    public sealed record Line(long Id, DateTimeOffset At, string Kind, string By, string? Device, string? Client, string? Reason, string? Acr);

    /// <param name="Before">Ask for the next page with this; absent on the last.</param>
    public sealed record Response(IReadOnlyList<Line> Items, long? Before);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/account/sign-ins", HandleAsync)
        .WithName(nameof(ListSignIns))
        .RequireAuthorization(Policies.Owner);

    internal static async Task<Ok<Response>> HandleAsync(ClaimsPrincipal user, NpgsqlDataSource database, long? before, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var lines = await ReadAsync(connection, user.ActorId(), before ?? long.MaxValue, PageLength, ct);
        return TypedResults.Ok(new Response(lines, lines.Count == PageLength ? lines[^1].Id : null));
    }

    internal static async Task<IReadOnlyList<Line>> ReadAsync(NpgsqlConnection connection, string accountId, long before, int take, CancellationToken ct)
    {
        // Two index scans, one for each side the account can be on.
        var rows = await connection.QueryAsync<(long Id, DateTime At, byte[] Leaf, string? Device)>(new(
            """
            SELECT access_event_id, at, leaf, device
            FROM (
                (SELECT access_event_id, at, subject, leaf FROM access_event
                 WHERE actor = @accountId AND access_event_id < @before ORDER BY access_event_id DESC LIMIT @take)
                UNION
                (SELECT access_event_id, at, subject, leaf FROM access_event
                 WHERE subject = @accountId AND access_event_id < @before ORDER BY access_event_id DESC LIMIT @take)) AS event
            LEFT JOIN sign_in_session
                ON account_id = @accountId AND session_id = CASE WHEN subject ~ '^[0-9a-f]{32}$' THEN subject::uuid END
            ORDER BY access_event_id DESC
            LIMIT @take
            """,
            new { accountId, before, take },
            cancellationToken: ct));
        return [.. rows.Select(row =>
        {
            var leaf = JsonSerializer.Deserialize<AccessEvent>(row.Leaf, ServiceDefaultsExtensions.Json)!;
            return new Line(row.Id, row.At, leaf.Kind, leaf.Actor, row.Device, leaf.Client, leaf.Reason, leaf.Acr);
        })];
    }
}
