using Kakehashi.Ledger;
using Kakehashi.ServiceDefaults.Deliveries;
using Kakehashi.TestKit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kakehashi.Node.Tests.Ledgers;

/// <summary>From the ledger's file to Metering's rows, whatever breaks in between.</summary>
public sealed class LedgerDeliveryTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly DeliveryLine _line = new();

    public ValueTask InitializeAsync() => _line.InitializeAsync();

    public ValueTask DisposeAsync() => _line.DisposeAsync();

    [Fact]
    public async Task Entries_from_before_and_after_the_start_are_delivered()
    {
        await _line.StartNodeAsync();
        await _line.AppendAsync();
        await _line.AppendAsync();
        await _line.AssertAllDeliveredAsync();

        await _line.StopNodeAsync();
        await _line.StartNodeAsync();
        await _line.AppendAsync();
        await _line.AssertAllDeliveredAsync();
        Assert.Equal(new DeliveryState(3, DeliveryStep.GoOn, null), _line.State);
    }

    [Fact]
    public async Task Large_entries_and_many_of_them_fit_into_batches_that_Metering_takes()
    {
        await _line.StartNodeAsync();
        var variables = Enumerable.Range(0, 300).Select(i => new string((char)('a' + (i % 26)), 200)).ToList();
        var large = Enumerable.Range(0, 25).Select(_ => (Usage.Event(DeliveryLine.Slug) with { Variables = variables }).ToLeaf());
        var small = Enumerable.Range(0, 2500).Select(_ => Usage.Leaf(DeliveryLine.Slug));

        await Task.WhenAll(large.Concat(small).Select(leaf => _line.AppendAsync(leaf)));

        await _line.AssertAllDeliveredAsync();
    }

    [Fact]
    public async Task Metering_stopped_and_started_again_and_again_gets_every_entry_once()
    {
        await _line.StartNodeAsync();
        await DuringAppendsAsync(async () =>
        {
            for (var i = 0; i < 4; i++)
            {
                var before = await _line.CountAsync();
                await _line.UntilAsync(async () => await _line.CountAsync() > before);
                await _line.StopMeteringAsync();
                await _line.UntilStepAsync(DeliveryStep.TryAgain);
                Assert.Equal(HealthStatus.Degraded, await _line.HealthAsync());
                await _line.StartMeteringAsync();
            }
        });

        await _line.AssertAllDeliveredAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    public async Task Answers_lost_after_the_request_was_carried_out_double_nothing(int bytesBeforeCut)
    {
        await _line.StartNodeAsync();
        await DuringAppendsAsync(async () =>
        {
            for (var i = 1; i <= 5; i++)
            {
                _line.Cable.Cut(answers: 1, bytesBeforeCut);
                await _line.UntilAsync(() => Task.FromResult(_line.Cable.Lost == i));
            }
        });

        await _line.AssertAllDeliveredAsync();
    }

    [Fact]
    public async Task A_node_started_again_and_again_delivers_every_entry_once()
    {
        for (var i = 0; i < 4; i++)
        {
            await _line.StartNodeAsync();
            await DuringAppendsAsync(async () =>
            {
                var before = await _line.CountAsync();
                await _line.UntilAsync(async () => await _line.CountAsync() > before);
                await _line.StopNodeAsync();
            });
        }

        await _line.StartNodeAsync();
        await _line.AssertAllDeliveredAsync();
    }

    [Fact]
    public async Task Metering_put_back_to_an_older_state_gets_what_it_lost()
    {
        await _line.StartNodeAsync();
        await _line.AppendAsync();
        await _line.AppendAsync();
        await _line.AssertAllDeliveredAsync();

        await _line.ReplaceMeteringAsync();
        await _line.AppendAsync();

        await _line.AssertAllDeliveredAsync();
        Assert.Equal(3, (await _line.StoredAsync()).Count);
    }

    [Fact]
    public async Task A_ledger_shorter_than_what_Metering_has_stops_the_delivery()
    {
        var delivered = await GivenDeliveredAsync(entries: 2);

        await _line.StartNodeAsync("other");
        await _line.UntilStepAsync(DeliveryStep.Stop);
        await _line.AppendAsync();
        await _line.AppendAsync();
        await _line.AppendAsync();

        Assert.Equal(HealthStatus.Unhealthy, await _line.HealthAsync());
        Assert.Equal(delivered, await _line.StoredAsync());
    }

    [Fact]
    public async Task A_ledger_put_back_to_an_older_state_that_grew_anew_stops_the_delivery_and_is_on_record()
    {
        var delivered = await GivenDeliveredAsync(entries: 3);
        await using (var other = await LedgerFile.OpenAsync(_line.PathOf("other"), _ct))
        {
            await other.AppendAsync(delivered[0], _ct);
            for (var i = 0; i < 5; i++)
            {
                await other.AppendAsync(Usage.Leaf(DeliveryLine.Slug), _ct);
            }
        }

        await _line.StartNodeAsync("other");
        await _line.UntilStepAsync(DeliveryStep.Stop);

        Assert.Equal("urn:kakehashi:problem:metering.conflict", _line.State.Problem);
        Assert.Equal(HealthStatus.Unhealthy, await _line.HealthAsync());
        Assert.Equal(delivered, await _line.StoredAsync());
        Assert.Equal(1, await _line.ConflictsAsync());
    }

    [Fact]
    public async Task An_entry_that_Metering_refuses_is_never_skipped()
    {
        var delivered = await GivenDeliveredAsync(entries: 1);
        await _line.StartNodeAsync();
        await _line.AppendAsync("no event"u8.ToArray());
        await _line.UntilStepAsync(DeliveryStep.CallForHelp);
        await _line.AppendAsync();

        var attempts = _line.State;
        await _line.UntilAsync(() => Task.FromResult(!ReferenceEquals(attempts, _line.State)));

        Assert.Equal(DeliveryStep.CallForHelp, _line.State.Step);
        Assert.Equal("urn:kakehashi:problem:metering.bad-event", _line.State.Problem);
        Assert.Equal(HealthStatus.Unhealthy, await _line.HealthAsync());
        Assert.Equal(delivered, await _line.StoredAsync());
    }

    [Fact]
    public async Task A_node_under_another_name_calls_for_help()
    {
        await _line.StartNodeAsync(node: "tommo");
        await _line.UntilStepAsync(DeliveryStep.CallForHelp);

        Assert.Equal("urn:kakehashi:problem:metering.foreign-producer", _line.State.Problem);
    }

    /// <summary>Delivers entries from the usual file, and ends the node.</summary>
    private async Task<List<byte[]>> GivenDeliveredAsync(int entries)
    {
        await _line.StartNodeAsync();
        for (var i = 0; i < entries; i++)
        {
            await _line.AppendAsync();
        }

        await _line.AssertAllDeliveredAsync();
        await _line.StopNodeAsync();
        return await _line.StoredAsync();
    }

    /// <summary>Four callers append for as long as the disturbance lasts, or until the ledger is closed.</summary>
    private async Task DuringAppendsAsync(Func<Task> disturbance)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (!over.IsCancellationRequested)
                {
                    await _line.AppendAsync();
                    await Task.Delay(1, _ct); // some hundred a second: what matters is that it never stops
                }
            }
            catch (LedgerUnavailableException)
            {
                // The node was stopped.
            }
        })).ToArray();
        await disturbance();
        await over.CancelAsync();
        await Task.WhenAll(callers);
    }
}
