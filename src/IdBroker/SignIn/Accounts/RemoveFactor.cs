using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A person removes a passkey or their authenticator app; never the last second factor of an account that needs two.</summary>
public static class RemoveFactor
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/account/passkeys/{id}/removal", HandleAsync).WithName(nameof(RemoveFactor)).RequireOwnPage().RequireAuthorization(Policies.Owner);
        routes.MapPost("/account/authenticator/removal", HandleAsync).RequireOwnPage().RequireAuthorization(Policies.Owner);
    }

    /// <param name="id">Of the passkey; absent for the authenticator app.</param>
    internal static async Task<IResult> HandleAsync(
        string? id, HttpContext context, Registrants registrants, OwnFactors own, NpgsqlDataSource database, IOptions<IdBrokerOptions> options,
        TimeProvider clock, CancellationToken ct)
    {
        if (await registrants.FindSignedInAsync(context, ct) is not { } account)
        {
            return await own.SignInFirstAsync(context, "/account", ct);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await SecondFactors.LockAsync(transaction, account.AccountId, ct);
        var factors = await SecondFactors.FindAsync(connection, account.AccountId, ct, transaction);
        if (SignInRules.WhyNotRemove(account, factors.Count) is { } refusal)
        {
            return Problems.Conflict(refusal, "This is the last second factor of an account that needs two.", "Add another one first.");
        }

        var removed = id is null
            ? await connection.ExecuteAsync(new("DELETE FROM totp WHERE account_id = @AccountId", account, transaction, cancellationToken: ct))
            : await connection.ExecuteAsync(new(
                "DELETE FROM passkey WHERE credential_id = @passkey AND account_id = @AccountId",
                new { passkey = StrictBase64Url.Decode(id) ?? [], account.AccountId },
                transaction,
                cancellationToken: ct));
        if (removed == 0)
        {
            return TypedResults.NotFound();
        }

        await AccessEvents.AppendAsync(
            transaction,
            new(clock.GetUtcNow(), account.AccountId, "second-factor.removed", account.AccountId) { Reason = id is null ? "totp" : "passkey" },
            ct);
        await transaction.CommitAsync(ct);
        return new SeeOther($"{options.Value.Issuer}/account");
    }
}
