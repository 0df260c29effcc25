using Dapper;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>Questions put to passkeys. What was asked stays here, and every question is answered once.</summary>
public sealed class PasskeyQuestions(NpgsqlDataSource database, TimeProvider clock)
{
    public const string SignIn = "sign-in";
    public const string Registration = "registration";

    private static readonly TimeSpan ToAnswer = TimeSpan.FromMinutes(5);

    /// <summary>Returns the name under which the answer comes back.</summary>
    public async Task<string> KeepAsync(string kind, string state, CancellationToken ct)
    {
        var question = OpaqueSecret.Create();
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new(
            "INSERT INTO passkey_question (question_hash, kind, state, expires_at) VALUES (@hash, @kind, @state, @expires)",
            new { hash = OpaqueSecret.HashOf(question), kind, state, expires = clock.GetUtcNow() + ToAnswer },
            cancellationToken: ct));
        return question;
    }

    /// <summary>Null when it was answered before, or too late, or never asked.</summary>
    public async Task<string?> TakeAsync(string kind, string question, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<string?>(new(
            "DELETE FROM passkey_question WHERE question_hash = @hash AND kind = @kind AND expires_at > @now RETURNING state",
            new { hash = OpaqueSecret.HashOf(question), kind, now = clock.GetUtcNow() },
            cancellationToken: ct));
    }
}
