using Kakehashi.IdBroker.SignIn.Sessions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// The way from a proof to a session, the same for passwords, passkeys and institutions: either it is enough, and the person
/// is signed in, or the next page asks for what is missing.
/// </summary>
public sealed class SignInSteps(SignInSessions sessions, StartedSignIns started, KnownPlaces places, IOptions<IdBrokerOptions> options)
{
    /// <summary>A first proof. Returns the address of the next page; the caller commits.</summary>
    public async Task<string> GoOnAsync(
        HttpContext context, NpgsqlTransaction transaction, Account account, SignInProof proof, SignInGoal goal, CancellationToken ct)
    {
        var factors = await SecondFactors.FindAsync(transaction.Connection!, account.AccountId, ct, transaction);
        var step = SignInRules.Next(account, factors.Any, proof, goal.TwoFactors);
        if (step == SignInStep.SignedIn)
        {
            return await FinishAsync(context, transaction, account, proof, goal, ct);
        }

        await started.StartAsync(
            context, transaction, account.AccountId, proof.Amr, proof.Institution, step == SignInStep.AddSecondFactor, enrolment: null, ct);
        return options.Value.Issuer + goal.At(step switch
        {
            SignInStep.ProveSecondFactor => "/sign-in/second",
            SignInStep.AddSecondFactor => "/enrol/factors",
            _ => "/enrol",
        });
    }

    /// <summary>All that is needed is proved: the person is signed in, or their session is as fresh as new.</summary>
    public async Task<string> FinishAsync(
        HttpContext context, NpgsqlTransaction transaction, Account account, SignInProof proof, SignInGoal goal, CancellationToken ct)
    {
        var current = await sessions.FindAsync(context, ct) is { } found ? await sessions.FindAsync(transaction, found.SessionId, ct) : null;
        if (current?.AccountId == account.AccountId && (proof.At is not { } provedAt || provedAt >= current.AuthTime))
        {
            await sessions.RenewAsync(context, transaction, current, proof, ct);
        }
        else
        {
            if (current is not null)
            {
                await sessions.EndAsync(transaction, current.SessionId, current.AccountId, "replaced", ct);
            }

            await sessions.StartAsync(context, transaction, account.AccountId, proof, ct);
        }

        await places.RememberAsync(transaction, context, account.AccountId, ct);
        return goal.End(options.Value.Issuer);
    }
}
