using System.Text;

namespace Kakehashi.Ledger.Tests;

/// <summary>What a start makes of a file that a crash, a bad disk or a stranger has left behind.</summary>
public sealed class LedgerRecoveryTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_tail_torn_at_any_byte_is_cut_off_and_the_next_entry_takes_its_place()
    {
        var (bytes, ends) = await GivenALedgerAsync(entries: 3);
        var lastStart = ends[1];
        var lastEnd = ends[2] - Frame.MarkBytes;

        for (var cut = lastStart; cut < lastEnd; cut++)
        {
            foreach (var zeros in new[] { 0, 4096 })
            {
                File.WriteAllBytes(_folder.Ledger, [.. bytes.AsSpan(0, cut), .. new byte[zeros]]);
                await using (var ledger = await OpenAsync())
                {
                    Assert.Equal(2, ledger.Count);
                    Assert.Equal(2, await ledger.AppendAsync("next"u8.ToArray(), _ct));
                }

                await using var again = await OpenAsync();
                Assert.Equal([Entry(0), Entry(1), "next"u8.ToArray()], await again.ReadAsync(0, 10, int.MaxValue, _ct));
            }
        }
    }

    [Fact]
    public async Task Entries_that_were_written_but_never_acknowledged_are_kept_when_whole()
    {
        var (bytes, ends) = await GivenALedgerAsync(entries: 3);
        File.WriteAllBytes(_folder.Ledger, bytes[..(ends[2] - Frame.MarkBytes)]);

        await using (var ledger = await OpenAsync())
        {
            Assert.Equal(3, ledger.Count);
        }

        Assert.Equal(bytes[..ends[2]], File.ReadAllBytes(_folder.Ledger));
    }

    [Fact]
    public async Task An_unacknowledged_group_with_a_hole_in_it_is_cut_off_at_the_hole()
    {
        var (bytes, ends) = await GivenALedgerAsync(entries: 1);
        byte[] Framed(int i) => Frame.OfEntry(Entry(i), Rfc6962.Leaf(Entry(i)));
        File.WriteAllBytes(_folder.Ledger, [.. bytes[..ends[0]], .. Framed(1), .. new byte[512], .. Framed(2)]);

        await using (var ledger = await OpenAsync())
        {
            Assert.Equal([Entry(0), Entry(1)], await ledger.ReadAsync(0, 10, int.MaxValue, _ct));
        }

        // Nothing of the rest stays: a later entry could end right before it and bring it to life.
        var mark = new byte[Frame.MarkBytes];
        Frame.WriteMark(mark, 2);
        Assert.Equal([.. bytes[..ends[0]], .. Framed(1), .. mark], File.ReadAllBytes(_folder.Ledger));
    }

    [Fact]
    public async Task Any_bit_flipped_in_an_acknowledged_entry_is_refused_naming_the_entry_and_its_place()
    {
        var (bytes, ends) = await GivenALedgerAsync(entries: 4);
        for (var at = Frame.Header.Length; at < ends[3] - Frame.MarkBytes; at++)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(_folder.Ledger, damaged);

            var refusal = await Assert.ThrowsAsync<LedgerCorruptException>(OpenAsync);

            var index = ends.Count(end => end <= at);
            var start = index == 0 ? Frame.Header.Length : ends[index - 1];
            var inMark = at >= ends[index] - Frame.MarkBytes;
            Assert.Equal(inMark ? index + 1 : index, refusal.Index);
            Assert.Equal(inMark ? ends[index] - Frame.MarkBytes : start, refusal.Offset);
            Assert.Contains($"entry {refusal.Index} at byte {refusal.Offset}", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllBytes(_folder.Ledger));
        }
    }

    [Fact]
    public async Task Damage_to_the_last_mark_alone_loses_nothing()
    {
        var (bytes, ends) = await GivenALedgerAsync(entries: 2);
        for (var at = ends[1] - Frame.MarkBytes; at < ends[1]; at++)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= 1;
            File.WriteAllBytes(_folder.Ledger, damaged);

            await using var ledger = await OpenAsync();
            Assert.Equal(2, ledger.Count);
        }
    }

    [Fact]
    public async Task An_entry_taken_out_of_the_middle_is_noticed()
    {
        var (bytes, ends) = await GivenALedgerAsync(entries: 3);
        File.WriteAllBytes(_folder.Ledger, [.. bytes.AsSpan(0, ends[0]), .. bytes.AsSpan(ends[1])]);

        await Assert.ThrowsAsync<LedgerCorruptException>(OpenAsync);
    }

    [Fact]
    public async Task A_file_that_is_something_else_is_refused_and_left_alone()
    {
        var other = "PK\x03\x04 and so on, longer than a header"u8.ToArray();
        File.WriteAllBytes(_folder.Ledger, other);

        var refusal = await Assert.ThrowsAsync<LedgerCorruptException>(OpenAsync);

        Assert.Contains("not a ledger", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(other, File.ReadAllBytes(_folder.Ledger));
    }

    [Fact]
    public async Task A_creation_that_was_cut_short_is_finished()
    {
        for (var length = 0; length < Frame.Header.Length; length++)
        {
            File.WriteAllBytes(_folder.Ledger, Frame.Header[..length].ToArray());
            await using var ledger = await OpenAsync();
            Assert.Equal(0, await ledger.AppendAsync(Entry(0), _ct));
        }

        File.WriteAllBytes(_folder.Ledger, new byte[4096]);
        await using var zeros = await OpenAsync();
        Assert.Equal(0, await zeros.AppendAsync(Entry(0), _ct));
    }

    [Fact]
    public async Task Damage_after_opening_is_not_handed_out()
    {
        await using var ledger = await OpenAsync();
        await ledger.AppendAsync(Entry(0), _ct);
        await ledger.AppendAsync(Entry(1), _ct);
        Damage(ledgerOffset: Frame.Header.Length + Frame.Overhead);

        var refusal = await Assert.ThrowsAsync<LedgerCorruptException>(() => ledger.ReadAsync(1, 10, int.MaxValue, _ct));

        Assert.Equal(0, refusal.Index);
    }

    private static byte[] Entry(int i) => Encoding.UTF8.GetBytes($"entry {i}");

    /// <summary>One entry after the other, each with its own mark; the file without its spare zeros, and where each mark ends.</summary>
    private async Task<(byte[] Bytes, int[] Ends)> GivenALedgerAsync(int entries)
    {
        await using (var ledger = await OpenAsync())
        {
            for (var i = 0; i < entries; i++)
            {
                await ledger.AppendAsync(Entry(i), _ct);
            }
        }

        var size = Frame.Overhead + Entry(0).Length + Frame.MarkBytes;
        var ends = Enumerable.Range(1, entries).Select(i => Frame.Header.Length + (i * size)).ToArray();
        var bytes = File.ReadAllBytes(_folder.Ledger);
        Assert.All(bytes.Skip(ends[^1]), b => Assert.Equal(0, b));
        return (bytes[..ends[^1]], ends);
    }

    // Past the lock, as a failing disk would do it.
    private void Damage(int ledgerOffset)
    {
        using var dd = System.Diagnostics.Process.Start(
            "/bin/sh", ["-c", $"printf '\\377' | dd of='{_folder.Ledger}' bs=1 seek={ledgerOffset} conv=notrunc 2>/dev/null"]);
        dd.WaitForExit();
    }

    private Task<LedgerFile> OpenAsync() => LedgerFile.OpenAsync(_folder.Ledger, _ct);
}
