using Dapper;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

internal static class ExpiredProofs
{
    /// <summary>Forgets questions nobody answered, sign-ins nobody completed, full buckets and places long unused.</summary>
    public static Task ForgetAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken ct) => connection.ExecuteAsync(new(
        """
        DELETE FROM passkey_question WHERE expires_at < @now;
        DELETE FROM started_sign_in WHERE expires_at < @now;
        DELETE FROM guess_bucket WHERE full_at < @now AND (told_at IS NULL OR told_at < @now - interval '1 hour');
        DELETE FROM known_browser WHERE seen_at < @since;
        DELETE FROM known_network WHERE seen_at < @since;
        """,
        new { now, since = now - KnownPlaces.Remembered },
        cancellationToken: ct));
}
