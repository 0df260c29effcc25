using System.Security.Claims;
using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// An operator gives a person a code to set up their sign-in: the first time, or after the phone was lost. It is shown once; a
/// new one makes the old ones worthless.
/// </summary>
public static class IssueEnrolment
{
    /// <param name="Address">Where the person types it.</param>
    public sealed record Response(string Code, string Address, DateTimeOffset ExpiresAt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/accounts/{accountId}/enrolment", HandleAsync)
        .WithName(nameof(IssueEnrolment))
        .RequireAuthorization(Policies.OperatorNow);

    internal static async Task<Results<Ok<Response>, NotFound>> HandleAsync(
        string accountId, HttpResponse response, ClaimsPrincipal user, NpgsqlDataSource database,
        IOptions<IdBrokerOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var (now, code) = (clock.GetUtcNow(), EnrolmentCodes.Create());
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await SecondFactors.LockAsync(transaction, accountId, ct);
        if (await Account.FindAsync(connection, accountId, ct, transaction) is null)
        {
            return TypedResults.NotFound();
        }

        await connection.ExecuteAsync(new(
            """
            UPDATE enrolment_code SET used_at = @now WHERE account_id = @accountId AND used_at IS NULL;
            INSERT INTO enrolment_code (code_hash, account_id, issued_by, issued_at, expires_at) VALUES (@hash, @accountId, @by, @now, @expires)
            """,
            new { now, accountId, hash = EnrolmentCodes.HashOf(code), by = user.ActorId(), expires = now + EnrolmentCodes.Life },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(transaction, new(now, user.ActorId(), "enrolment.issued", accountId), ct);
        await transaction.CommitAsync(ct);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Response(code, $"{options.Value.Issuer}/enrol", now + EnrolmentCodes.Life));
    }
}
