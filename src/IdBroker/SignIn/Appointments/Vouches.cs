using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Events;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>An institution's word that somebody is one of its researchers. It holds only while they belong there.</summary>
public static class Vouches
{
    /// <summary>Ends the researcher roles, and requests for them, of every organisation the person no longer belongs to.</summary>
    public static async Task EndWithAffiliationAsync(
        NpgsqlTransaction transaction, string accountId, string[] belongsTo, DateTimeOffset now, CancellationToken ct)
    {
        var ended = await transaction.Connection!.QueryAsync<string>(new(
            """
            UPDATE role_assignment
            SET ended_at = @now, ended_by = 'idbroker', end_reason = 'affiliation-ended'
            WHERE account_id = @accountId AND role = @Researcher AND scope <> ALL (@belongsTo) AND ended_at IS NULL
            RETURNING scope
            """,
            new { now, accountId, Roles.Researcher, belongsTo },
            transaction,
            cancellationToken: ct));
        foreach (var scope in ended.Order(StringComparer.Ordinal))
        {
            await AccessEvents.AppendAsync(transaction, new(now, "idbroker", "vouch.ended", accountId) { Reason = $"affiliation-ended: {scope}" }, ct);
        }
    }
}
