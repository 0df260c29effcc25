using Dapper;
using Npgsql;

namespace Kakehashi.Gateway.Sessions;

/// <summary>Where a browser that was sent to sign in shall go on.</summary>
public sealed record SignInFlow(string ReturnPath, bool StepUp);

/// <summary>Browsers that are away signing in. Each may come back once.</summary>
public sealed class SignInFlows(NpgsqlDataSource database, TimeProvider clock)
{
    public async Task AddAsync(CookieSecret secret, SignInFlow flow, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new(
            "INSERT INTO sign_in_flow (flow_hash, return_path, step_up, expires_at) VALUES (@Hash, @ReturnPath, @StepUp, @expires)",
            new { secret.Hash, flow.ReturnPath, flow.StepUp, expires = clock.GetUtcNow() + SessionRules.Patience },
            cancellationToken: ct));
    }

    /// <summary>Null when it was taken before, is unknown or too old.</summary>
    public async Task<SignInFlow?> TakeAsync(CookieSecret secret, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<SignInFlow>(new(
            """
            DELETE FROM sign_in_flow
            WHERE flow_hash = @Hash AND expires_at > @now
            RETURNING return_path AS ReturnPath, step_up AS StepUp
            """,
            new { secret.Hash, now = clock.GetUtcNow() },
            cancellationToken: ct));
    }
}
