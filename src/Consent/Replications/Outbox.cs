using Dapper;
using Kakehashi.Contracts;
using Npgsql;

namespace Kakehashi.Consent.Replications;

/// <summary>
/// What one biobank's sender reads and records. The connection is the one that holds the biobank's advisory lock: when it
/// breaks, lock and sender are gone together, so there is never more than one.
/// </summary>
internal sealed class Outbox(NpgsqlConnection connection, string biobank)
{
    /// <summary>True when this session is now the biobank's only sender.</summary>
    public Task<bool> TryLockAsync(CancellationToken ct) => connection.ExecuteScalarAsync<bool>(Command(
        "SELECT pg_try_advisory_lock(hashtextextended('consent-sender/' || @biobank, 0))", new { biobank }, ct));

    public Task<long> AcknowledgedAsync(CancellationToken ct) => connection.ExecuteScalarAsync<long>(Command(
        "SELECT acknowledged FROM replication WHERE biobank_id = @biobank", new { biobank }, ct));

    /// <summary>The committed changes after a sequence. The head is read first: what it counts is committed and can be seen.</summary>
    public async Task<ConsentChanges> ReadAsync(long after, int limit, CancellationToken ct)
    {
        var head = await connection.ExecuteScalarAsync<long>(Command(
            "SELECT head FROM biobank WHERE biobank_id = @biobank", new { biobank }, ct));
        if (after >= head)
        {
            return new(head, [], head);
        }

        var rows = await connection.QueryAsync<Row>(Command(
            """
            SELECT sequence AS Sequence, participant_ref AS Reference, kind AS Kind, recorded_at AS RecordedAt
            FROM consent_change
            WHERE biobank_id = @biobank AND sequence > @after AND sequence <= @head
            ORDER BY sequence
            LIMIT @limit
            """,
            new { biobank, after, head, limit },
            ct));
        return new(after, [.. rows.Select(r => new ConsentChange(r.Sequence, ParticipantRef.Parse(r.Reference, null), r.Kind, r.RecordedAt))], head);
    }

    public Task RecordContactAsync(DateTimeOffset now, CancellationToken ct) => connection.ExecuteAsync(Command(
        "UPDATE replication SET last_contact_at = @now, claimed = NULL, alarmed_at = NULL WHERE biobank_id = @biobank",
        new { biobank, now },
        ct));

    /// <summary>The node's figure moved; everybody who waits for it is told when this is committed.</summary>
    public async Task RecordAppliedAsync(long applied, DateTimeOffset now, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync(Command(
            """
            UPDATE replication SET acknowledged = @applied, last_contact_at = @now, claimed = NULL, alarmed_at = NULL
            WHERE biobank_id = @biobank;
            INSERT INTO acknowledgement (biobank_id, applied, at) VALUES (@biobank, @applied, @now);
            SELECT pg_notify(@channel, @biobank || '/' || @applied);
            """,
            new { biobank, applied, now, channel = Signals.AcknowledgedChannel },
            ct));
        await transaction.CommitAsync(ct);
    }

    public Task RecordAlarmAsync(long claimed, DateTimeOffset now, CancellationToken ct) => connection.ExecuteAsync(Command(
        "UPDATE replication SET last_contact_at = @now, claimed = @claimed, alarmed_at = @now WHERE biobank_id = @biobank",
        new { biobank, claimed, now },
        ct));

    private static CommandDefinition Command(string sql, object parameters, CancellationToken ct) =>
        new(sql, parameters, cancellationToken: ct);

    private sealed record Row(long Sequence, string Reference, string Kind, DateTime RecordedAt);
}
