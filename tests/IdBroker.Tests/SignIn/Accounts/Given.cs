using System.Security.Cryptography;
using Dapper;
using Kakehashi.IdBroker.SignIn.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

/// <summary>What people of a test know and hold.</summary>
internal static class Given
{
    public const string Password = "correct horse battery staple";

    private static readonly Lazy<string> Hash = new(() => PasswordRules.Hash(Password));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task GivenAPasswordAsync(this TestBroker broker, string accountId, string? hash = null)
    {
        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        await connection.ExecuteAsync(
            "INSERT INTO local_password (account_id, password_hash, changed_at) VALUES (@accountId, @hash, now())",
            new { accountId, hash = hash ?? Hash.Value });
    }

    /// <summary>The secret in the person's authenticator app.</summary>
    public static async Task<byte[]> GivenAnAuthenticatorAsync(this TestBroker broker, string accountId)
    {
        var secret = RandomNumberGenerator.GetBytes(TotpRules.SecretBytes);
        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await broker.Services.GetRequiredService<Authenticators>().SaveAsync(transaction, accountId, secret, 0, null, Ct);
        await transaction.CommitAsync(Ct);
        return secret;
    }

    /// <summary>A code that an operator gave the person.</summary>
    public static async Task<string> GivenAnEnrolmentCodeAsync(this TestBroker broker, string accountId)
    {
        var code = EnrolmentCodes.Create();
        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        await connection.ExecuteAsync(
            "INSERT INTO enrolment_code (code_hash, account_id, issued_by, issued_at, expires_at) VALUES (@hash, @accountId, 'mori', @now, @expires)",
            new { hash = EnrolmentCodes.HashOf(code), accountId, now = broker.Clock.GetUtcNow(), expires = broker.Clock.GetUtcNow() + EnrolmentCodes.Life });
        return code;
    }

    /// <summary>What the app shows.</summary>
    public static string CodeOf(this TestBroker broker, byte[] secret, int stepsAhead = 0) =>
        TotpRules.CodeAt(secret, TotpRules.StepAt(broker.Clock.GetUtcNow()) + stepsAhead);

    public static TestBrowser Browser(this TestBroker broker) => new(broker.Http.BaseAddress!);

    public static Task<TestBrowser.Page> EnterPasswordAsync(
        this TestBrowser browser, string accountId, string password = Password, string query = "", string? site = "same-origin") =>
        browser.PostAsync($"/sign-in{query}", [("username", accountId), ("password", password)], site);

    public static Task<TestBrowser.Page> EnterCodeAsync(this TestBrowser browser, string code, string query = "", string? site = "same-origin") =>
        browser.PostAsync($"/sign-in/second{query}", [("code", code)], site);

    /// <summary>Events about an account, its sessions included, in order: kind, reason and acr's last word.</summary>
    public static async Task<IReadOnlyList<string>> HeardAsync(this TestBroker broker, string kinds)
    {
        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        return (await connection.QueryAsync<string>(
            """
            SELECT concat_ws(' ', actor, kind, subject_shown, leaf->>'reason', regexp_replace(leaf->>'acr', '.*/', ''))
            FROM (SELECT access_event_id, actor, kind, convert_from(leaf, 'UTF8')::jsonb AS leaf,
                         CASE WHEN subject ~ '^[0-9a-f]{32}$' THEN 'session' ELSE subject END AS subject_shown
                  FROM access_event WHERE kind ~ @kinds) AS e
            ORDER BY access_event_id
            """,
            new { kinds })).AsList();
    }

    public static async Task<T?> ReadAsync<T>(this TestBroker broker, string sql)
    {
        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        return await connection.ExecuteScalarAsync<T>(sql);
    }
}
