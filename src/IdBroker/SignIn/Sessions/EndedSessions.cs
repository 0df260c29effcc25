using Dapper;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Sessions;

public static class EndedSessions
{
    /// <summary>Ends all of a person's sessions, here and on every device. Returns how many there were.</summary>
    public static async Task<int> EndAllAsync(
        this SignInSessions sessions, NpgsqlTransaction transaction, string accountId, string actor, string reason, CancellationToken ct)
    {
        var live = await transaction.Connection!.QueryAsync<Guid>(new(
            "SELECT session_id FROM sign_in_session WHERE account_id = @accountId AND ended_at IS NULL ORDER BY session_id FOR UPDATE",
            new { accountId },
            transaction,
            cancellationToken: ct));
        var ended = 0;
        foreach (var sessionId in live)
        {
            ended += await sessions.EndAsync(transaction, sessionId, actor, reason, ct) ? 1 : 0;
        }

        return ended;
    }
}
