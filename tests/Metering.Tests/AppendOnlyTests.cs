using Dapper;
using Kakehashi.TestKit;
using Npgsql;

namespace Kakehashi.Metering.Tests;

/// <summary>What is recorded stays, whoever asks the database to change it.</summary>
public sealed class AppendOnlyTests(MeteringService service) : IClassFixture<MeteringService>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public static TheoryData<string> Changes =>
    [
        "UPDATE ledger_event SET actor = 'x'", "DELETE FROM ledger_event", "TRUNCATE ledger_event",
        "UPDATE conflict SET leaf = ''", "DELETE FROM conflict", "TRUNCATE conflict",
    ];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_superuser_is_stopped_by_the_tables(string change)
    {
        await using var connection = new NpgsqlConnection(service.ConnectionString);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(change));

        Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_services_own_role_serves_everything_and_may_change_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(_ct);
        var role = $"metering_{Guid.CreateVersion7():N}";
        await using var admin = new NpgsqlConnection(database.ConnectionString);
        await admin.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT CREATE ON SCHEMA public TO {role}");
        try
        {
            var own = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "secret", Pooling = false }.ConnectionString;
            await using var app = await service.StartAsync(own, _ct);
            using var node = service.Node("bbj");
            node.BaseAddress = new(app.Urls.Single());
            Assert.Equal(1, await AnswerAsync(node));

            await using var connection = new NpgsqlConnection(own);
            foreach (var change in Changes)
            {
                var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(change));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            }
        }
        finally
        {
            await admin.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    private static async Task<long> AnswerAsync(HttpClient node)
    {
        var batch = new Contracts.LedgerBatch("node:bbj", 0, [Usage.Leaf("bbj")]);
        var answer = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(node, "/batches", batch, TestContext.Current.CancellationToken);
        return (await answer.ReadAsync<Contracts.LedgerBatchReceipt>()).NextIndex;
    }
}
