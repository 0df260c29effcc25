using System.Security.Claims;
using Kakehashi.Contracts;
using Npgsql;

namespace Kakehashi.ServiceDefaults;

/// <summary>One line of the record that auditors read: who did what to which subject, when and why.</summary>
public sealed record AuditEvent(DateTimeOffset At, string Actor, string Action, string Subject, string? Reason = null);

public static class Audit
{
    /// <summary>Appends to the service's <c>audit_event</c> table, in the transaction of the change, so that neither lands alone.</summary>
    public static async Task AppendAsync(NpgsqlTransaction transaction, AuditEvent entry, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO audit_event (at, actor, action, subject, reason) VALUES ($1, $2, $3, $4, $5)",
            transaction.Connection,
            transaction);
        command.Parameters.Add(new() { Value = entry.At });
        command.Parameters.Add(new() { Value = entry.Actor });
        command.Parameters.Add(new() { Value = entry.Action });
        command.Parameters.Add(new() { Value = entry.Subject });
        command.Parameters.Add(new() { Value = (object?)entry.Reason ?? DBNull.Value });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The caller's account: subject at its issuer.</summary>
    public static string ActorId(this ClaimsPrincipal user) =>
        user.FindFirstValue(TokenClaims.Subject) ?? throw new InvalidOperationException("The caller has no 'sub' claim.");
}
