using Dapper;
using Kakehashi.Contracts;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn;

/// <summary>
/// The local command line gets a token for a demo account (RFC 7523 section 2.1), so that the platform can be tried out
/// without an institution. A real account is refused in the same words as one that does not exist.
/// </summary>
public static class DemoAccountToken
{
    internal static async Task<GrantOutcome> GrantAsync(
        TokenForm form, Client client, ClientAuthentication authentication, NpgsqlDataSource database, AccessTokens tokens, CancellationToken ct)
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

        // PostgreSQL's text cannot hold NUL; no account id does.
        return !accountId!.Contains('\0', StringComparison.Ordinal) && await FindAsync(database, accountId, ct) is { } account
            ? tokens.Issue(
                new(account.AccountId, client.Id, account.Roles)
                {
                    Organisation = account.Org,
                    Participant = account.Participant,
                    Projects = account.Projects,
                    Biobanks = account.Biobanks,
                },
                Audiences.Platform)
            : OAuthError.InvalidGrant("There is no such demo account.");
    }

    private static async Task<Account?> FindAsync(NpgsqlDataSource database, string accountId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<Account>(new(
            """
            SELECT account_id AS AccountId, org, participant, roles, projects, biobanks
            FROM account
            WHERE account_id = @accountId AND demo AND enabled
            """,
            new { accountId },
            cancellationToken: ct));
    }

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Account
    {
        public string AccountId { get; init; } = "";

        public string Org { get; init; } = "";

        public string Participant { get; init; } = "";

        public string[] Roles { get; init; } = [];

        public string[] Projects { get; init; } = [];

        public string[] Biobanks { get; init; } = [];
    }
}
