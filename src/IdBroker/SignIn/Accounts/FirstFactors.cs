using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Sessions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>What follows when a person has set up a second factor: in the middle of a sign-in it is also the proof that completes it.</summary>
public sealed class FirstFactors(SignInSteps steps, SignInSessions sessions, IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    /// <summary>Returns where the person goes; null when another request of the same set-up was first.</summary>
    public async Task<string?> SignInAsync(
        HttpContext context, NpgsqlTransaction transaction, Registrant registrant, IReadOnlyList<string> amr, SignInGoal goal, CancellationToken ct)
    {
        var (account, issuer) = (registrant.Account, options.Value.Issuer);
        if (registrant.Started is not { } started)
        {
            return $"{issuer}/account";
        }

        if (!await StartedSignIns.EndAsync(context, transaction, started, ct)
            || (started.Enrolment is not null && !await UseCodeAsync(transaction, account.AccountId, started.Enrolment, ct)))
        {
            return null;
        }

        return account.IsOfInstitution && started.Institution is null
            ? issuer + goal.At("/sign-in") // the institution has not been asked yet
            : await steps.FinishAsync(context, transaction, account, SignInRules.Both(started.Amr, amr, started.Institution), goal, ct);
    }

    /// <summary>The code is used up, and whoever was signed in before is so no longer: perhaps the account was in wrong hands.</summary>
    private async Task<bool> UseCodeAsync(NpgsqlTransaction transaction, string accountId, byte[] codeHash, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var used = await transaction.Connection!.ExecuteAsync(new(
            "UPDATE enrolment_code SET used_at = @now WHERE code_hash = @codeHash AND used_at IS NULL",
            new { now, codeHash },
            transaction,
            cancellationToken: ct));
        if (used == 0)
        {
            return false;
        }

        await AccessEvents.AppendAsync(transaction, new(now, accountId, "enrolment.used", accountId), ct);
        await sessions.EndAllAsync(transaction, accountId, accountId, "enrolment", ct);
        return true;
    }
}
