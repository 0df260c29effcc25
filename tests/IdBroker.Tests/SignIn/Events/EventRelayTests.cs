using System.Net;
using System.Net.Http.Json;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Deliveries;
using Kakehashi.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kakehashi.IdBroker.Tests.SignIn.Events;

/// <summary>From the broker's rows to the central ledger, whatever breaks in between.</summary>
public sealed class EventRelayTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly LedgerLine _line = new();

    public ValueTask InitializeAsync() => _line.InitializeAsync();

    public ValueTask DisposeAsync() => _line.DisposeAsync();

    [Fact]
    public async Task What_happened_before_and_after_the_start_reaches_the_ledger()
    {
        await _line.AssertAllDeliveredAsync();
        var registrations = await _line.StoredCountAsync();
        Assert.True(registrations > 10);

        await _line.WriteAsync();

        await LedgerLine.UntilAsync(async () => await _line.StoredCountAsync() == registrations + 1);
        await _line.AssertAllDeliveredAsync();
        Assert.Equal(
            (1, "anonymous", "ito"),
            (await _line.AtMeteringAsync<long>("SELECT count(*) FROM ledger_event WHERE kind = 'sign-in.failed'"),
             await _line.AtMeteringAsync<string>("SELECT actor FROM ledger_event WHERE kind = 'sign-in.failed'"),
             await _line.AtMeteringAsync<string>("SELECT subject FROM ledger_event WHERE kind = 'sign-in.failed'")));
    }

    [Fact]
    public async Task Many_events_at_once_travel_in_batches_that_Metering_takes()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await _line.WriteAsync(new string('x', 200));
            }
        })));

        await _line.AssertAllDeliveredAsync();
    }

    [Fact]
    public async Task Metering_stopped_and_started_again_and_again_gets_every_event_once()
    {
        await DuringWritesAsync(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await UntilMoreAsync();
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
        await DuringWritesAsync(async () =>
        {
            for (var i = 1; i <= 4; i++)
            {
                _line.Cable.Cut(answers: 1, bytesBeforeCut);
                await LedgerLine.UntilAsync(() => Task.FromResult(_line.Cable.Lost == i));
            }
        });

        await _line.AssertAllDeliveredAsync();
    }

    [Fact]
    public async Task A_relay_killed_between_sending_and_hearing_goes_on_where_Metering_is()
    {
        await _line.AssertAllDeliveredAsync();
        for (var i = 1; i <= 3; i++)
        {
            _line.Cable.Cut(answers: 1, bytesBefore: 0);
            await _line.WriteAsync();
            await LedgerLine.UntilAsync(() => Task.FromResult(_line.Cable.Lost == i));
            await _line.Relay.StopAsync(_ct);
            await _line.WriteAsync();
            await _line.Relay.StartAsync(_ct);
            await _line.AssertAllDeliveredAsync();
        }
    }

    [Fact]
    public async Task Of_two_instances_one_relays_and_the_other_takes_over()
    {
        await _line.AssertAllDeliveredAsync();
        var (second, http) = await _line.Broker.StartAsync();
        http.Dispose();
        Assert.Equal(HealthStatus.Healthy, await _line.HealthAsync(second.Services));

        await DuringWritesAsync(async () =>
        {
            await UntilMoreAsync();
            Assert.Null(second.Services.GetRequiredService<EventRelay>().State);
            await _line.Relay.StopAsync(_ct);
            await LedgerLine.UntilAsync(() => Task.FromResult(second.Services.GetRequiredService<EventRelay>().State is { Delivered: > 0 }));
            await UntilMoreAsync();
        });

        await _line.AssertAllDeliveredAsync();
    }

    [Fact]
    public async Task Who_loses_the_lock_with_its_connection_numbers_nothing_more_and_takes_its_turn_again()
    {
        await _line.AssertAllDeliveredAsync();
        var (_, http) = await _line.Broker.StartAsync();
        http.Dispose();

        await DuringWritesAsync(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await UntilMoreAsync();
                Assert.True(await _line.AtBrokerAsync<bool>(
                    """
                    SELECT count(pg_terminate_backend(pid)) = 1 FROM pg_locks
                    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """));
            }

            await UntilMoreAsync();
        });

        await LedgerLine.UntilAsync(async () => await _line.HealthAsync() == HealthStatus.Healthy);
        await _line.AssertAllDeliveredAsync();
    }

    [Fact]
    public async Task Metering_put_back_to_an_older_state_gets_what_it_lost()
    {
        await _line.WriteAsync();
        await _line.AssertAllDeliveredAsync();

        await _line.ReplaceMeteringAsync();
        await _line.WriteAsync();

        await _line.AssertAllDeliveredAsync();
    }

    [Fact]
    public async Task A_broker_put_back_to_an_older_state_overwrites_nothing_and_calls_for_help()
    {
        await _line.AssertAllDeliveredAsync();
        await _line.Relay.StopAsync(_ct);
        var next = await _line.StoredCountAsync();
        await DeliverAsync(next, Access.Event().ToLeaf()); // what the broker said before it lost its last hours

        await _line.WriteAsync();
        await _line.Relay.StartAsync(_ct);

        await _line.UntilStepAsync(DeliveryStep.Stop);
        Assert.Equal(HealthStatus.Unhealthy, await _line.HealthAsync());
        Assert.Equal(next + 1, await _line.StoredCountAsync());
    }

    [Fact]
    public async Task An_event_that_Metering_refuses_is_not_skipped()
    {
        await _line.AssertAllDeliveredAsync();
        var before = await _line.StoredCountAsync();
        await _line.AtBrokerAsync<int>(
            "INSERT INTO access_event (at, kind, actor, subject, leaf) VALUES (now(), 'x', 'x', 'x', '{}')");
        await _line.WriteAsync();

        await _line.UntilStepAsync(DeliveryStep.CallForHelp);

        Assert.Equal("urn:kakehashi:problem:metering.bad-event", _line.Relay.State!.Problem);
        Assert.Equal(HealthStatus.Unhealthy, await _line.HealthAsync());
        Assert.Equal(before, await _line.StoredCountAsync());
    }

    [Fact]
    public async Task Without_Metering_events_wait_and_the_service_says_so()
    {
        await using var alone = new TestBroker();
        await alone.InitializeAsync();

        var health = await alone.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(_ct);

        Assert.Equal(HealthStatus.Degraded, health.Entries["events"].Status);
        Assert.Equal("Degraded", await alone.Http.GetStringAsync("/health", _ct));
        Assert.NotEmpty(await alone.EventsAsync("client.registered"));
    }

    private async Task DeliverAsync(long firstIndex, params byte[][] leaves)
    {
        using var http = new HttpClient { BaseAddress = _line.Cable.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", _line.Broker.Services.GetRequiredService<AccessTokens>().IssueOwn());
        var answer = await http.PostAsJsonAsync("batches", new LedgerBatch("idbroker", firstIndex, leaves), ServiceDefaultsExtensions.Json, _ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task UntilMoreAsync()
    {
        var before = await _line.StoredCountAsync();
        await LedgerLine.UntilAsync(async () => await _line.StoredCountAsync() > before);
    }

    /// <summary>Four people keep failing to sign in for as long as the disturbance lasts.</summary>
    private async Task DuringWritesAsync(Func<Task> disturbance)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await _line.WriteAsync();
                await Task.Delay(2, _ct); // some hundred a second: what matters is that it never stops
            }
        })).ToArray();
        await disturbance();
        await over.CancelAsync();
        await Task.WhenAll(writers);
    }
}
