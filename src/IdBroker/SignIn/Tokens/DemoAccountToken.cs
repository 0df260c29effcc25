using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Clients;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>
/// The local command line gets a token for a demo account (RFC 7523 section 2.1), so that the platform can be tried out
/// without an institution. A real account is refused in the same words as one that does not exist.
/// </summary>
public static class DemoAccountToken
{
    internal static async Task<GrantOutcome> GrantAsync(
        TokenForm form, Client client, ClientAuthentication authentication, NpgsqlDataSource database, AccessTokens tokens, TimeProvider clock, CancellationToken ct)
    {
        if (!client.Permissions.Contains(Client.DemoAccounts))
        {
            return new OAuthError("unauthorized_client", "This client may not get tokens for demo accounts.");
        }

        if (form["assertion"] is not { } text)
        {
            return OAuthError.InvalidRequest("Send assertion: a JWT of the client whose sub is the demo account.");
        }

        var (accountId, error) = await authentication.ReadGrantAsync(text, client, ct);
        if (error is not null)
        {
            return error;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        return await Account.FindAsync(connection, accountId!, ct) is { Demo: true } account
            ? tokens.Issue(TokenSubject.Of(account, client.Id, Assurance.Mfa) with { Amr = ["demo"], AuthTime = clock.GetUtcNow() }, Audiences.Platform)
            : OAuthError.InvalidGrant("There is no such demo account.");
    }
}
