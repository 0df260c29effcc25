using Dapper;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.Metering.Events;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace Kakehashi.Metering.Tests;

/// <summary>A log from before other producers than nodes keeps every entry, in its place.</summary>
public sealed class MigrationTests(MeteringService service) : IClassFixture<MeteringService>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_older_log_is_taken_over_as_the_services_own_role_and_the_nodes_go_on_where_they_were()
    {
        await using var database = await TestDatabase.CreateAsync(_ct);
        var role = $"metering_{Guid.CreateVersion7():N}";
        await using var admin = new NpgsqlConnection(database.ConnectionString);
        await admin.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT CREATE ON SCHEMA public TO {role}");
        try
        {
            var own = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "secret", Pooling = false }.ConnectionString;
            var old = Usage.Event("bbj") with { Project = "study-1" };
            await GivenFirstVersionAsync(own, old);

            await using var app = await service.StartAsync(own, _ct);

            using var auditor = At(app, service.Auditor());
            var item = Assert.Single((await (await auditor.GetAsync("/events?producer=node:bbj&kind=count&actor=r-1&project=study-1", _ct)).ReadAsync<ListEvents.Response>()).Events);
            Assert.Equal((0, 0, Rfc6962.Leaf(old.ToLeaf()).ToString()), (item.Index, item.ProducerIndex, item.LeafHash));
            Assert.Equivalent(old, item.Usage, strict: true);
            using var node = At(app, service.Node("bbj"));
            Assert.Equal(1, (await (await node.GetAsync("/batches/node:bbj/next", _ct)).ReadAsync<LedgerBatchReceipt>()).NextIndex);
            var again = await MeteringService.DeliverAsync(node, "node:bbj", 0, old.ToLeaf(), Usage.Leaf("bbj"));
            Assert.Equal(2, (await again.ReadAsync<LedgerBatchReceipt>()).NextIndex);
        }
        finally
        {
            await admin.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    private async Task GivenFirstVersionAsync(string connectionString, UsageEvent usage)
    {
        var name = typeof(Program).Assembly.GetManifestResourceNames().Single(file => file.EndsWith("V001_usage_event.sql", StringComparison.Ordinal));
        using var file = new StreamReader(typeof(Program).Assembly.GetManifestResourceStream(name)!);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync(await file.ReadToEndAsync(_ct));
        await connection.ExecuteAsync(
            """
            CREATE TABLE schema_version (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
            INSERT INTO schema_version (name) VALUES (@name);
            INSERT INTO node (node, next_index) VALUES ('bbj', 1);
            UPDATE log_head SET next_index = 1;
            INSERT INTO usage_event (log_index, node, node_index, leaf, leaf_hash, at, subject, project, outcome, received_at)
            VALUES (0, 'bbj', 0, @leaf, @hash, @At, @Subject, @Project, @Outcome, @At);
            """,
            new { name, leaf = usage.ToLeaf(), hash = Rfc6962.Leaf(usage.ToLeaf()).ToArray(), usage.At, usage.Subject, usage.Project, usage.Outcome });
    }

    private static HttpClient At(WebApplication app, HttpClient client)
    {
        client.BaseAddress = new(app.Urls.Single());
        return client;
    }
}
