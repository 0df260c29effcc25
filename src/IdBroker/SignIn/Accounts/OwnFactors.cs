using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>Leads a person through a sign-in first, when theirs is too old (or too weak) to change what protects the account.</summary>
public sealed class OwnFactors(
    SignInSessions sessions, AuthorizationRequests requests, NpgsqlDataSource database, IOptions<IdBrokerOptions> options)
{
    /// <param name="page">Where the person goes on afterwards.</param>
    public async Task<SeeOther> SignInFirstAsync(HttpContext context, string page, CancellationToken ct)
    {
        var asksTwo = false;
        if (await sessions.FindAsync(context, ct) is { } session)
        {
            await using var connection = await database.OpenConnectionAsync(ct);
            asksTwo = (await SecondFactors.FindAsync(connection, session.AccountId, ct)).Any;
        }

        return new(options.Value.Issuer + new SignInGoal(await requests.AddPageAsync(page, ct), asksTwo).At("/sign-in"));
    }
}
