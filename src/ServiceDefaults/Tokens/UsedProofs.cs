using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>
/// Proofs shown already, at whichever instance, in the service's own table <c>used_proof</c> (proof_hash bytea PRIMARY KEY,
/// expires_at timestamptz). A row lost in a crash re-admits one proof for a minute, so nobody waits for the disk.
/// </summary>
public sealed class UsedProofs(NpgsqlDataSource database)
{
    /// <summary>False when the proof was shown before. Its id counts for its own key only: nobody can use up another's.</summary>
    public async Task<bool> TryUseAsync(DpopProof proof, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(
            """
            WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
            INSERT INTO used_proof (proof_hash, expires_at)
            SELECT $1, $2 FROM unhurried
            ON CONFLICT DO NOTHING
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = SHA256.HashData(Encoding.ASCII.GetBytes($"{proof.KeyThumbprint} {proof.Id}")) });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = proof.ExpiresAt.UtcDateTime });
        await command.PrepareAsync(ct); // once for each pooled connection
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>Removes proofs that would be refused as too old by now.</summary>
    public async Task ForgetAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var command = database.CreateCommand("DELETE FROM used_proof WHERE expires_at < $1");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime });
        await command.ExecuteNonQueryAsync(ct);
    }
}
