using Dapper;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.Tests.SignIn.Accounts;
using Npgsql;

namespace Kakehashi.IdBroker.Tests.SignIn.Events;

/// <summary>How rows get their place in the ledger.</summary>
public sealed class EventOutboxTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_that_commits_late_is_numbered_after_those_that_were_seen_before_it()
    {
        await using var late = await StartAsync();
        await AppendAsync(late, "late");
        await using var early = await StartAsync();
        await AppendAsync(early, "early");
        await early.CommitAsync(_ct);
        var first = await NumberAsync();
        await late.CommitAsync(_ct);
        var second = await NumberAsync();

        Assert.Equal(first.Count + 1, second.Count);
        Assert.Equal(["early", "late"], second.TakeLast(2));
    }

    [Fact]
    public void Whatever_order_writers_come_and_go_in_numbers_are_dense_and_stay()
    {
        // Each step opens a writer, ends one (a commit or a rollback), or numbers what is to be seen.
        var steps = Gen.Choose(0, 9).Zip(Gen.Choose(0, 3)).ListOf(25).ToArbitrary();
        Prop.ForAll(steps, script => Task.Run(() => PlayAsync(script)).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Fact]
    public async Task Writers_at_once_and_a_relay_beside_them_leave_no_gap()
    {
        using var over = new CancellationTokenSource();
        var relay = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await NumberAsync();
            }
        }, _ct);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await using var writer = await StartAsync();
                await AppendAsync(writer, $"{number}-{i}");
                await AppendAsync(writer, $"{number}-{i}-again");
                await (i % 5 == 0 ? writer.RollbackAsync(_ct) : writer.CommitAsync(_ct));
            }
        }, _ct)));
        await over.CancelAsync();
        await relay;

        var subjects = await NumberAsync();

        Assert.Equal(6 * 32 * 2, subjects.Count(subject => subject.Contains('-', StringComparison.Ordinal) && char.IsAsciiDigit(subject[0])));
        Assert.Equal(0, await broker.ReadAsync<long>("SELECT count(*) FROM access_event WHERE ledger_index IS NULL"));
    }

    [Fact]
    public async Task A_batch_is_bounded_by_entries_and_bytes_and_never_empty()
    {
        for (var i = 0; i < 5; i++)
        {
            await using var writer = await StartAsync();
            await AppendAsync(writer, "bounded");
            await writer.CommitAsync(_ct);
        }

        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        await connection.OpenAsync(_ct);
        var outbox = new EventOutbox(connection, TimeProvider.System);
        var all = await outbox.ReadAsync(0, 10_000, int.MaxValue, _ct);
        var first = all[0].Length + all[1].Length;

        Assert.Equal(await outbox.CountAsync(_ct), all.Count);
        Assert.Equal(all.Take(2), await outbox.ReadAsync(0, 2, int.MaxValue, _ct));
        Assert.Equal(all.Take(2), await outbox.ReadAsync(0, 100, first, _ct));
        Assert.Equal(all.Take(1), await outbox.ReadAsync(0, 100, 1, _ct));
        Assert.Equal(all.Skip(3), await outbox.ReadAsync(3, 10_000, int.MaxValue, _ct));
        Assert.Empty(await outbox.ReadAsync(all.Count, 100, int.MaxValue, _ct));
    }

    [Theory]
    [InlineData("UPDATE access_event SET leaf = '{}'")]
    [InlineData("UPDATE access_event SET actor = 'mori', ledger_index = NULL")]
    [InlineData("UPDATE access_event SET ledger_index = ledger_index + 1000")]
    [InlineData("UPDATE access_event SET ledger_index = NULL")]
    [InlineData("DELETE FROM access_event")]
    [InlineData("TRUNCATE access_event")]
    public async Task An_event_that_was_told_stays_as_it_was(string change)
    {
        await NumberAsync();
        await using var connection = new NpgsqlConnection(broker.ConnectionString);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(change));

        Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sign-In.failed", null, "kind")]
    [InlineData("sign-in.failed", "it was eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6", "secret")]
    [InlineData("sign-in.failed", "a\nb", "reason")]
    public async Task What_the_ledger_would_refuse_is_not_written_at_all(string kind, string? reason, string named)
    {
        await using var writer = await StartAsync();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => AccessEvents.AppendAsync(
            writer.Transaction, new(broker.Clock.GetUtcNow(), AccessEvents.Anonymous, kind, "ito") { Reason = reason }, _ct));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", refused.Message, StringComparison.Ordinal);
    }

    private async Task PlayAsync(IEnumerable<(int What, int Who)> script)
    {
        var writers = new Dictionary<int, Writer>();
        var before = await NumberAsync();
        foreach (var (what, who) in script)
        {
            switch (what)
            {
                case < 5 when !writers.ContainsKey(who):
                    writers[who] = await StartAsync();
                    await AppendAsync(writers[who], $"writer-{who}");
                    break;
                case < 8 when writers.Remove(who, out var writer):
                    await (what == 5 ? writer.RollbackAsync(_ct) : writer.CommitAsync(_ct));
                    await writer.DisposeAsync();
                    break;
                case >= 8:
                    var now = await NumberAsync();
                    Assert.Equal(before, now.Take(before.Count));
                    before = now;
                    break;
            }
        }

        foreach (var writer in writers.Values)
        {
            await writer.DisposeAsync();
        }

        var all = await NumberAsync();
        Assert.Equal(before, all.Take(before.Count));
        Assert.Equal(all.Count, await broker.ReadAsync<long>("SELECT count(*) FROM access_event"));
    }

    /// <summary>Numbers as the relay does, and gives the subjects in the order of their numbers, which are dense.</summary>
    private async Task<List<string>> NumberAsync()
    {
        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        await connection.OpenAsync(_ct);
        await new EventOutbox(connection, TimeProvider.System).ReadAsync(0, 1, 1, _ct);
        var rows = (await connection.QueryAsync<(long Index, string Subject)>(
            "SELECT ledger_index, subject FROM access_event WHERE ledger_index IS NOT NULL ORDER BY ledger_index")).AsList();
        Assert.Equal(Enumerable.Range(0, rows.Count).Select(i => (long)i), rows.Select(row => row.Index));
        return rows.ConvertAll(row => row.Subject);
    }

    private async Task<Writer> StartAsync()
    {
        var connection = new NpgsqlConnection(broker.ConnectionString);
        await connection.OpenAsync(_ct);
        return new(connection, await connection.BeginTransactionAsync(_ct));
    }

    private Task AppendAsync(Writer writer, string subject) =>
        AccessEvents.AppendAsync(writer.Transaction, new(broker.Clock.GetUtcNow(), AccessEvents.Anonymous, "sign-in.failed", subject), _ct);

    private sealed record Writer(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public Task CommitAsync(CancellationToken ct) => Transaction.CommitAsync(ct);

        public Task RollbackAsync(CancellationToken ct) => Transaction.RollbackAsync(ct);

        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
