using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>An assignment as the API shows it.</summary>
public sealed record RoleView(
    Guid AssignmentId, string Account, string Role, string Scope, string State, DateTimeOffset? ExpiresAt, string? DelegatedFrom)
{
    public static RoleView Of(RoleAssignment given) => new(
        given.AssignmentId,
        given.Account,
        given.Role,
        given.Scope,
        given.EndedAt is not null ? "ended" : given.IsPending ? "pending" : "given",
        given.ExpiresAt,
        given.DelegatedFrom);
}

/// <summary>
/// How a move of <see cref="RoleRules"/> happens: one at a time on the whole platform, decided on the roles that hold at that moment, written
/// together with its events.
/// </summary>
public sealed class RoleChanges(NpgsqlDataSource database, IOptions<IdBrokerOptions> options, TimeProvider clock, ILogger<RoleChanges> logger)
{
    private const long RolesLock = 0x524F4C45; // "ROLE": rare, so they can afford to take turns

    /// <summary>A move about a person.</summary>
    public Task<Results<Ok<RoleView>, NotFound, ProblemHttpResult>> ApplyAsync(
        string actor, string account, Func<RoleBook, DateTimeOffset, RoleOutcome> decide, CancellationToken ct) =>
        ApplyAsync(actor, (_, _) => Task.FromResult<(string[], RoleAssignment?)?>(([actor, account], null)), (book, _, now) => decide(book, now), ct);

    /// <summary>A move about something asked for or given before. What is not the caller's to decide looks like what does not exist.</summary>
    public Task<Results<Ok<RoleView>, NotFound, ProblemHttpResult>> ApplyAsync(
        string actor, Guid assignmentId, Func<RoleBook, RoleAssignment, DateTimeOffset, RoleOutcome> decide, CancellationToken ct) => ApplyAsync(
        actor,
        async (transaction, cancel) => await RoleRows.FindAsync(transaction, assignmentId, cancel) is { } found
            ? ([actor, found.Account, found.AskedBy], found)
            : null,
        (book, found, now) => decide(book, found!, now),
        ct);

    /// <summary>After the accounts file was read: whoever lost a role by it lets nobody stand in any longer.</summary>
    public async Task EndOrphansAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await LockAsync(transaction, ct);
        var givers = await connection.QueryAsync<string>(new(
            "SELECT DISTINCT delegated_from FROM role_assignment WHERE delegated_from IS NOT NULL AND ended_at IS NULL ORDER BY delegated_from",
            null,
            transaction,
            cancellationToken: ct));
        var book = await RoleRows.LoadAsync(connection, [.. givers], null, ct, transaction);
        await RoleRows.SaveAsync(transaction, RoleRules.Orphans(book, now), "idbroker", now, ct);
        await transaction.CommitAsync(ct);
    }

    private static Task<int> LockAsync(NpgsqlTransaction transaction, CancellationToken ct) => transaction.Connection!.ExecuteAsync(new(
        "SELECT pg_advisory_xact_lock(@RolesLock)", new { RolesLock }, transaction, cancellationToken: ct));

    private async Task<Results<Ok<RoleView>, NotFound, ProblemHttpResult>> ApplyAsync(
        string actor,
        Func<NpgsqlTransaction, CancellationToken, Task<(string[] People, RoleAssignment? Found)?>> find,
        Func<RoleBook, RoleAssignment?, DateTimeOffset, RoleOutcome> decide,
        CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await LockAsync(transaction, ct);
        if (await find(transaction, ct) is not { } concerned)
        {
            return TypedResults.NotFound();
        }

        var affiliatedSince = now.AddMonths(-options.Value.LinkDormantAfterMonths);
        var book = await RoleRows.LoadAsync(connection, concerned.People, affiliatedSince, ct, transaction);
        var (refusal, changed) = decide(book, concerned.Found, now);
        if (refusal is not null)
        {
            return refusal == RoleRefusals.NotYours && concerned.Found is not null ? TypedResults.NotFound() : RoleRefusals.ToProblem(refusal);
        }

        await RoleRows.SaveAsync(transaction, changed, actor, now, ct);
        await transaction.CommitAsync(ct);
        foreach (var assignment in changed)
        {
            Log.RoleChanged(logger, assignment.AssignmentId, assignment.Role, RoleView.Of(assignment).State);
        }

        return TypedResults.Ok(RoleView.Of(changed.First(assignment => concerned.Found is null
            ? assignment.EndedAt is null
            : assignment.AssignmentId == concerned.Found.AssignmentId)));
    }
}
