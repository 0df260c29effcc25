using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Npgsql;

namespace Kakehashi.ServiceDefaults.Tests.Tokens;

public sealed class UsedProofsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(Ct);
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var create = _source.CreateCommand("CREATE TABLE used_proof (proof_hash bytea PRIMARY KEY, expires_at timestamptz NOT NULL)");
        await create.ExecuteNonQueryAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_proof_counts_once_at_all_instances_together()
    {
        var proof = new DpopProof("key", "id", Now);
        var tries = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new UsedProofs(_source).TryUseAsync(proof, Ct)));
        Assert.Single(tries, used => used);
    }

    [Fact]
    public async Task An_id_is_used_up_for_its_own_key_only()
    {
        var used = new UsedProofs(_source);
        Assert.True(await used.TryUseAsync(new("one", "id", Now), Ct));
        Assert.True(await used.TryUseAsync(new("two", "id", Now), Ct));
    }

    [Fact]
    public async Task Only_proofs_that_are_too_old_anyway_are_forgotten()
    {
        var used = new UsedProofs(_source);
        await used.TryUseAsync(new("key", "old", Now.AddSeconds(-1)), Ct);
        await used.TryUseAsync(new("key", "new", Now), Ct);
        await used.ForgetAsync(Now, Ct);
        Assert.True(await used.TryUseAsync(new("key", "old", Now), Ct));
        Assert.False(await used.TryUseAsync(new("key", "new", Now), Ct));
    }

    /// <summary>The setting of one statement must not outlive it on a pooled connection.</summary>
    [Fact]
    public async Task Nothing_else_on_the_connection_becomes_less_durable()
    {
        await using var one = NpgsqlDataSource.Create($"{_database.ConnectionString};Maximum Pool Size=1");
        await using var show = one.CreateCommand("SHOW synchronous_commit");
        var before = await show.ExecuteScalarAsync(Ct);
        await new UsedProofs(one).TryUseAsync(new("key", "durable", Now), Ct);
        Assert.Equal(before, await show.ExecuteScalarAsync(Ct));
    }
}
