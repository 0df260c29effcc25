using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Deliveries;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Events;

/// <summary>
/// Writes what auditors hear of access: one line of the service's own record and one leaf for the ledger, both in the
/// transaction of the change. What cannot be recorded does not happen.
/// </summary>
public static class AccessEvents
{
    public const string Producer = "idbroker";

    /// <summary>The actor of an attempt that recognised nobody.</summary>
    public const string Anonymous = "anonymous";

    public static async Task AppendAsync(NpgsqlTransaction transaction, AccessEventEntry entry, CancellationToken ct)
    {
        var (at, kind, actor, subject) = (entry.At, entry.Kind, entry.Actor, entry.Subject);
        var record = new AccessEvent(1, Guid.CreateVersion7(at), at, Producer, kind, actor, subject, entry.Client, entry.Reason, entry.Acr);
        if (AccessEventRules.WhyNot(record) is { } rule)
        {
            throw new InvalidOperationException($"The event {kind} cannot be recorded: {rule}.");
        }

        var leaf = JsonSerializer.SerializeToUtf8Bytes(record, ServiceDefaultsExtensions.Json);
        await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO access_event (at, kind, actor, subject, leaf) VALUES (@at, @kind, @actor, @subject, @leaf)
            """,
            new { at, kind, actor, subject, leaf },
            transaction,
            cancellationToken: ct));
        await Audit.AppendAsync(transaction, new(at, actor, kind, subject, entry.Reason), ct);
    }
}

/// <summary>One event before it is written; see <see cref="AccessEvent"/> for the meaning of the members.</summary>
public sealed record AccessEventEntry(DateTimeOffset At, string Actor, string Kind, string Subject)
{
    public string? Client { get; init; }

    public string? Reason { get; init; }

    public string? Acr { get; init; }
}
