using Kakehashi.IdBroker.SignIn.Sessions;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>Who may set up a second factor in this browser now.</summary>
/// <param name="Started">Set while signing in for the first time; otherwise the person has a session.</param>
public sealed record Registrant(Account Account, StartedSignIn? Started)
{
    /// <summary>Whether a password belongs to the set-up: the person came with an enrolment code, and signs in here only.</summary>
    public bool SetsPassword => Started?.Enrolment is not null && !Account.IsOfInstitution;
}

public sealed class Registrants(StartedSignIns started, SignInSessions sessions, NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Null when nobody may: the person first has to sign in, or sign in again.</summary>
    public async Task<Registrant?> FindAsync(HttpContext context, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        if (await started.FindAsync(context, ct) is { MayAdd: true } half)
        {
            return await Account.FindAsync(connection, half.AccountId, ct) is { } newcomer ? new(newcomer, half) : null;
        }

        return await FindSignedInAsync(context, connection, ct) is { } account ? new(account, null) : null;
    }

    /// <summary>Whose session is fresh and strong enough to change what protects the account.</summary>
    public async Task<Account?> FindSignedInAsync(HttpContext context, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await FindSignedInAsync(context, connection, ct);
    }

    private async Task<Account?> FindSignedInAsync(HttpContext context, NpgsqlConnection connection, CancellationToken ct)
    {
        if (await sessions.FindAsync(context, ct) is not { } session || await Account.FindAsync(connection, session.AccountId, ct) is not { } account)
        {
            return null;
        }

        var factors = await SecondFactors.FindAsync(connection, account.AccountId, ct);
        return SignInRules.MayChangeFactors(account, factors.Any, session, clock.GetUtcNow()) ? account : null;
    }
}
