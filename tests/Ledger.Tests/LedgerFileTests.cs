using System.Text;

namespace Kakehashi.Ledger.Tests;

public sealed class LedgerFileTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Entries_come_back_in_order_byte_for_byte_after_reopening()
    {
        byte[][] entries = [[0], [255, 255, 255, 255], new byte[LedgerFile.LargestEntry], "橋"u8.ToArray()];
        await using (var ledger = await OpenAsync())
        {
            for (var i = 0; i < entries.Length; i++)
            {
                Assert.Equal(i, await ledger.AppendAsync(entries[i], _ct));
            }
        }

        await using var again = await OpenAsync();

        Assert.Equal(entries.Length, again.Count);
        Assert.Equal(entries, await again.ReadAsync(0, 100, int.MaxValue, _ct));
    }

    [Fact]
    public async Task The_root_is_that_of_the_entries_before_and_after_reopening()
    {
        var tree = new MerkleTree();
        await using (var ledger = await OpenAsync())
        {
            Assert.Equal(Rfc6962.Empty, ledger.Root());
            for (var i = 0; i < 100; i++)
            {
                tree.Append(Rfc6962.Leaf(Entry(i)));
                await ledger.AppendAsync(Entry(i), _ct);
                Assert.Equal(tree.Root(i + 1), ledger.Root());
            }
        }

        await using var again = await OpenAsync();
        Assert.Equal(tree.Root(100), again.Root());
    }

    [Fact]
    public async Task Appends_at_once_get_dense_indexes_and_each_finds_its_own_entry_there()
    {
        await using var ledger = await OpenAsync();

        var indexes = await Task.WhenAll(Enumerable.Range(0, 3000).Select(i => Task.Run(async () => await ledger.AppendAsync(Entry(i), _ct))));

        Assert.Equal(Enumerable.Range(0, 3000).Select(i => (long)i), indexes.Order());
        var stored = await ledger.ReadAsync(0, 3000, int.MaxValue, _ct);
        Assert.All(Enumerable.Range(0, 3000), i => Assert.Equal(Entry(i), stored[(int)indexes[i]]));
    }

    [Fact]
    public async Task Reading_starts_anywhere_and_stops_at_the_first_bound()
    {
        await using var ledger = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => ledger.AppendAsync(new byte[100], _ct).AsTask()));

        Assert.Equal(3, (await ledger.ReadAsync(200, 3, int.MaxValue, _ct)).Count);
        Assert.Equal(5, (await ledger.ReadAsync(200, 100, 599, _ct)).Count);
        Assert.Single(await ledger.ReadAsync(200, 100, 1, _ct));
        Assert.Equal(37, (await ledger.ReadAsync(463, 100, int.MaxValue, _ct)).Count);
        Assert.Empty(await ledger.ReadAsync(500, 100, int.MaxValue, _ct));
        Assert.Empty(await ledger.ReadAsync(5000, 100, int.MaxValue, _ct));
    }

    [Fact]
    public async Task A_waiter_is_woken_by_the_entry_it_waits_for_and_not_by_an_earlier_one()
    {
        await using var ledger = await OpenAsync();
        var first = ledger.WaitForAsync(0, _ct);
        var second = ledger.WaitForAsync(1, _ct);
        Assert.False(first.IsCompleted);

        await ledger.AppendAsync(Entry(0), _ct);
        await first;
        Assert.False(second.IsCompleted);

        await ledger.AppendAsync(Entry(1), _ct);
        await second;
        Assert.True(ledger.WaitForAsync(1, _ct).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        await using var ledger = await OpenAsync();
        using var cancel = new CancellationTokenSource();
        var waiting = ledger.WaitForAsync(0, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ledger.AppendAsync(Entry(0), cancel.Token));
        Assert.Equal(0, ledger.Count);
    }

    [Fact]
    public async Task An_empty_or_too_large_entry_is_refused_and_harms_nothing()
    {
        await using var ledger = await OpenAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ledger.AppendAsync(ReadOnlyMemory<byte>.Empty, _ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ledger.AppendAsync(new byte[LedgerFile.LargestEntry + 1], _ct));

        Assert.Equal(0, await ledger.AppendAsync(Entry(0), _ct));
    }

    [Fact]
    public async Task A_second_writer_is_refused()
    {
        await using var ledger = await OpenAsync();

        await Assert.ThrowsAsync<IOException>(OpenAsync);
    }

    [Fact]
    public async Task A_closed_ledger_takes_nothing_and_wakes_who_waits()
    {
        var ledger = await OpenAsync();
        var waiting = ledger.WaitForAsync(0, _ct);

        await ledger.DisposeAsync();

        await Assert.ThrowsAsync<LedgerUnavailableException>(() => waiting);
        await Assert.ThrowsAsync<LedgerUnavailableException>(async () => await ledger.AppendAsync(Entry(0), _ct));
    }

    [Fact]
    public async Task What_was_being_appended_when_the_ledger_closed_is_there()
    {
        var ledger = await OpenAsync();
        var appends = Enumerable.Range(0, 200).Select(i => ledger.AppendAsync(Entry(i), _ct).AsTask()).ToArray();

        await ledger.DisposeAsync();

        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), await Task.WhenAll(appends));
        await using var again = await OpenAsync();
        Assert.Equal(200, again.Count);
    }

    private static byte[] Entry(int i) => Encoding.UTF8.GetBytes($"entry {i}");

    private Task<LedgerFile> OpenAsync() => LedgerFile.OpenAsync(_folder.Ledger, _ct);
}
