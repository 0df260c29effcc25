using System.Security.Claims;
using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>An operator closes an account, or opens it again. Closing it ends its sessions and their tokens at once.</summary>
public static class DisableAccount
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/accounts/{accountId}/disabling", (string accountId, [AsParameters] Parts parts, CancellationToken ct) =>
            HandleAsync(accountId, enable: false, parts, ct)).WithName(nameof(DisableAccount)).RequireAuthorization(Policies.OperatorNow);
        routes.MapPost("/accounts/{accountId}/enabling", (string accountId, [AsParameters] Parts parts, CancellationToken ct) =>
            HandleAsync(accountId, enable: true, parts, ct)).WithName("EnableAccount").RequireAuthorization(Policies.OperatorNow);
    }

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> HandleAsync(string accountId, bool enable, Parts parts, CancellationToken ct)
    {
        var actor = parts.User.ActorId();
        if (accountId == actor)
        {
            return Problems.Conflict("account.own", "Nobody closes their own account.", "Ask another operator.");
        }

        await using var connection = await parts.Database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // FOR UPDATE: a second change waits, then sees the first.
        var row = await connection.QuerySingleOrDefaultAsync<(string Source, bool Enabled)?>(new(
            "SELECT source, enabled FROM account WHERE account_id = @id FOR UPDATE",
            new { id = AccountIds.Read(accountId) },
            transaction,
            cancellationToken: ct));
        switch (row)
        {
            case null: return TypedResults.NotFound();
            case { Source: "file" }: return Problems.Conflict("account.in-file", "This account is kept in the accounts file.", "Change it there and restart.");
            case { Enabled: var enabled } when enabled == enable: return TypedResults.NoContent();
        }

        await connection.ExecuteAsync(new(
            "UPDATE account SET enabled = @enable WHERE account_id = @accountId", new { enable, accountId }, transaction, cancellationToken: ct));
        await AccessEvents.AppendAsync(
            transaction, new(parts.Clock.GetUtcNow(), actor, enable ? "account.enabled" : "account.disabled", accountId), ct);
        if (!enable)
        {
            await parts.Sessions.EndAllAsync(transaction, accountId, actor, "account-disabled", ct);
        }

        await transaction.CommitAsync(ct);
        return TypedResults.NoContent();
    }

    /// <summary>What both work with.</summary>
    internal sealed record Parts(ClaimsPrincipal User, SignInSessions Sessions, NpgsqlDataSource Database, TimeProvider Clock);
}
