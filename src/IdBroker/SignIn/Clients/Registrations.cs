using Dapper;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Events;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>
/// At start: brings clients and accounts in the database in step with the files. What left its file is disabled, never
/// deleted. Every change is audited; an unchanged file changes nothing.
/// </summary>
public sealed class Registrations(
    NpgsqlDataSource database, Authenticators authenticators, IOptions<IdBrokerOptions> options, TimeProvider clock, ILogger<Registrations> logger)
{
    private const long FilesLock = 0x46494C45; // "FILE": instances that start at once take turns

    public async Task ApplyAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync(new("SELECT pg_advisory_xact_lock(@FilesLock)", new { FilesLock }, transaction, cancellationToken: ct));
        if (options.Value.ClientsFile is { } clients)
        {
            await ApplyClientsAsync(transaction, RegistrationFiles.Read<ClientsFile>(clients).Clients, ct);
        }

        if (options.Value.AccountsFile is { } accounts)
        {
            var entries = RegistrationFiles.Read<AccountsFile>(accounts).Accounts;
            await ApplyAccountsAsync(transaction, entries, ct);
            foreach (var entry in entries)
            {
                await FileCredentials.ApplyAsync(transaction, authenticators, entry, Path.GetFullPath(accounts), clock.GetUtcNow(), ct);
            }
        }

        await transaction.CommitAsync(ct);
    }

    private Task ApplyClientsAsync(NpgsqlTransaction transaction, IReadOnlyList<ClientEntry> clients, CancellationToken ct) => ApplyAsync(
        transaction,
        "client",
        ClientRows.Upsert,
        "UPDATE client SET enabled = false WHERE enabled AND managed_by = 'file' AND client_id <> ALL (@ids) RETURNING client_id",
        clients.Select(client => (client.Id, ClientRows.Of(Checked(client), "file"))),
        ct);

    private Task ApplyAccountsAsync(NpgsqlTransaction transaction, IReadOnlyList<AccountEntry> accounts, CancellationToken ct) => ApplyAsync(
        transaction,
        "account",
        """
        INSERT INTO account (account_id, display_name, org, roles, biobanks, projects, participant, demo)
        VALUES (@Id, @Name, @Org, @Roles, @Biobanks, @Projects, @Participant, @Demo)
        ON CONFLICT (account_id) DO UPDATE
        SET (display_name, org, roles, biobanks, projects, participant, demo, enabled) =
            (EXCLUDED.display_name, EXCLUDED.org, EXCLUDED.roles, EXCLUDED.biobanks,
             EXCLUDED.projects, EXCLUDED.participant, EXCLUDED.demo, true)
        WHERE (account.display_name, account.org, account.roles, account.biobanks,
               account.projects, account.participant, account.demo, account.enabled)
            IS DISTINCT FROM (EXCLUDED.display_name, EXCLUDED.org, EXCLUDED.roles, EXCLUDED.biobanks,
                              EXCLUDED.projects, EXCLUDED.participant, EXCLUDED.demo, true)
        RETURNING xmax = 0
        """,
        "UPDATE account SET enabled = false WHERE enabled AND source = 'file' AND account_id <> ALL (@ids) RETURNING account_id",
        accounts.Select(account => (account.Id, (object)new
        {
            account.Id,
            account.Name,
            Org = account.Org ?? "",
            Roles = account.Roles ?? [],
            Biobanks = account.Biobanks ?? [],
            Projects = account.Projects ?? [],
            Participant = account.Participant ?? "",
            account.Demo,
        })),
        ct);

    private async Task ApplyAsync(
        NpgsqlTransaction transaction, string kind, string upsert, string disable, IEnumerable<(string Id, object Row)> entries, CancellationToken ct)
    {
        var (now, changes, ids) = (clock.GetUtcNow(), 0, new List<string>());
        foreach (var (id, row) in entries)
        {
            if (ids.Contains(id))
            {
                throw new InvalidOperationException($"The {kind}s file lists {id} twice.");
            }

            ids.Add(id);
            if (await UpsertAsync(transaction, upsert, kind, id, row, ct) is { } isNew)
            {
                await AccessEvents.AppendAsync(transaction, new(now, "idbroker", isNew ? $"{kind}.registered" : $"{kind}.changed", id), ct);
                changes++;
            }
        }

        foreach (var id in await transaction.Connection!.QueryAsync<string>(new(disable, new { ids }, transaction, cancellationToken: ct)))
        {
            await AccessEvents.AppendAsync(transaction, new(now, "idbroker", $"{kind}.disabled", id), ct);
            changes++;
        }

        Log.RegistrationsApplied(logger, changes, kind);
    }

    private ClientEntry Checked(ClientEntry client) => ClientRules.WhyNot(client, byOperator: false, options.Value.IsLocal) is { } fault
        ? throw new InvalidOperationException($"The clients file: {client.Id}{fault.At}: {fault.Title} {fault.Mend}")
        : client;

    /// <summary>True for a new row, false for a changed one, null when nothing changed.</summary>
    private static async Task<bool?> UpsertAsync(
        NpgsqlTransaction transaction, string upsert, string kind, string id, object row, CancellationToken ct)
    {
        try
        {
            return await transaction.Connection!.ExecuteScalarAsync<bool?>(new(upsert, row, transaction, cancellationToken: ct));
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.CheckViolation)
        {
            throw new InvalidOperationException(
                $"The {kind}s file: {id} breaks the rule {fault.ConstraintName}. See the README for the allowed values.", fault);
        }
    }
}
