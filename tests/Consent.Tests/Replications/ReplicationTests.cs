using System.Net;
using System.Net.Http.Json;
using System.Text;
using Kakehashi.Consent.Replications;
using Kakehashi.Consent.Withdrawals;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http;

namespace Kakehashi.Consent.Tests.Replications;

public sealed class ReplicationTests : IAsyncLifetime
{
    private readonly ConsentService _service = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    private PlayedNode Node => _service.Nodes[ConsentService.First];

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_node_with_nothing_to_apply_still_hears_a_heartbeat()
    {
        await Eventually.IsAsync(() => Node.Received.Count >= 4, _ct);

        Assert.All(Node.Received, c => Assert.Equal((0, 0, 0), (c.After, c.Changes.Count, c.Head)));
    }

    [Fact]
    public async Task Changes_arrive_in_order_once_and_without_gaps()
    {
        await GivenWithdrawalsAsync(20);

        await Eventually.IsAsync(() => Node.Applied.Count == 20, _ct);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), Node.Applied.Select(c => c.Sequence));
        Assert.Equal(20, Node.Applied.DistinctBy(c => c.Participant).Count());
    }

    [Fact]
    public async Task A_long_list_goes_in_bounded_batches()
    {
        Node.Instead = Status(HttpStatusCode.BadGateway);
        await GivenRowsAsync(2500);
        Node.Instead = null;

        await Eventually.IsAsync(() => Node.Applied.Count == 2500, _ct);

        Assert.All(Node.Received, c => Assert.InRange(c.Changes.Count, 0, 1000));
    }

    [Fact]
    public async Task A_node_restored_from_a_backup_gets_everything_after_it()
    {
        await GivenWithdrawalsAsync(5);
        await Eventually.IsAsync(() => Node.Applied.Count == 5, _ct);

        Node.RestoreTo(2);

        await Eventually.IsAsync(() => Node.Applied.Count == 5, _ct);
        Assert.Equal([1, 2, 3, 4, 5], Node.Applied.Select(c => c.Sequence));
        Assert.Contains(Node.Received, c => c.After == 2 && c.Changes.Count == 3);
        await Eventually.IsAsync(async () => (await LineAsync()).Acknowledged == 5, _ct);
        var figures = await AcknowledgementsAsync(last: 3);
        Assert.Equal([5, 2, 5], figures);
    }

    [Fact]
    public async Task A_node_that_claims_more_than_was_recorded_is_an_alarm_and_hears_nothing_more()
    {
        Node.Instead = context => context.Response.WriteAsJsonAsync(new ConsentChangesReceipt(7), _ct);
        await Eventually.IsAsync(async () => (await LineAsync()).AlarmedAt is not null, _ct);
        var heard = Node.Received.Count;
        var heardBySecond = _service.Nodes[ConsentService.Second].Received.Count;

        await _service.GivenAWithdrawalAsync(ConsentService.Second, _service.NewParticipant(), _ct);
        await Eventually.IsAsync(() => _service.Nodes[ConsentService.Second].Received.Count > heardBySecond + 5, _ct);

        Assert.Equal(heard, Node.Received.Count);
        var line = await LineAsync();
        Assert.Equal((0, 7), (line.Acknowledged, line.Claimed));
    }

    [Fact]
    public async Task After_a_restart_a_node_that_agrees_again_ends_the_alarm()
    {
        Node.Instead = context => context.Response.WriteAsJsonAsync(new ConsentChangesReceipt(7), _ct);
        await Eventually.IsAsync(async () => (await LineAsync()).AlarmedAt is not null, _ct);
        Node.Instead = null;

        await _service.StartInstanceAsync(_ct);
        await _service.StopAsync(_service.App);

        await Eventually.IsAsync(async () => (await LineAsync()).AlarmedAt is null, _ct);
    }

    public static TheoryData<string> Misbehaviours => ["502", "garbage", "null", "array", "negative", "oversized", "hang", "cut", "half", "trickle", "redirect"];

    [Theory]
    [MemberData(nameof(Misbehaviours))]
    public async Task A_misbehaving_node_gets_everything_once_it_behaves_and_disturbs_no_other(string how)
    {
        Node.Instead = Misbehave(how);
        var heard = Node.Received.Count;
        await Eventually.IsAsync(() => Node.Received.Count >= heard + 2, _ct);
        await GivenRowsAsync(3);

        var other = await _service.GivenAWithdrawalAsync(ConsentService.Second, _service.NewParticipant(), _ct);
        Assert.NotNull(other.EffectiveAt);
        Assert.Equal(0, (await LineAsync()).Acknowledged);

        Node.Instead = null;
        await Eventually.IsAsync(() => Node.Applied.Count == 3, _ct);
        await Eventually.IsAsync(async () => (await LineAsync()).Acknowledged == 3, _ct);
    }

    [Fact]
    public async Task An_issuer_that_is_away_delays_changes_and_loses_none()
    {
        await using var lonely = new ConsentService();
        await lonely.InitializeAsync();
        await lonely.StopAsync(lonely.App);
        lonely.Issuer.IsUp = false;
        var app = await lonely.StartInstanceAsync(_ct);
        lonely.Issuer.IsUp = true;

        var withdrawal = await lonely.GivenAWithdrawalAsync(ConsentService.First, lonely.NewParticipant(), _ct);

        await Eventually.IsAsync(() => lonely.Nodes[ConsentService.First].Applied.Any(c => c.Sequence == withdrawal.Sequence), _ct);
        Assert.NotNull(app);
    }

    [Fact]
    public async Task Of_several_instances_one_sends_and_another_takes_over()
    {
        await Eventually.IsAsync(async () => await SendersAsync() == 2, _ct);
        var first = _service.App;
        var second = await _service.StartInstanceAsync(_ct);
        var participant = _service.NewParticipant();
        var client = _service.Participant(ConsentService.First, participant, second);

        var throughSecond = await client.PostAsJsonAsync(
            "/withdrawals", new Withdraw.Request(ConsentService.First, null, "moved"), ServiceDefaultsExtensions.Json, _ct);

        Assert.NotNull((await throughSecond.Content.ReadFromJsonAsync<Withdraw.Response>(_ct))!.EffectiveAt);
        Assert.Equal(2, await SendersAsync());

        await _service.StopAsync(first);
        await GivenWithdrawalsAsync(1);

        await Eventually.IsAsync(() => Node.Applied.Count == 2, _ct);
        await Eventually.IsAsync(async () => await SendersAsync() == 2, _ct);
    }

    [Fact]
    public async Task A_sender_whose_database_connection_is_cut_starts_again()
    {
        await Eventually.IsAsync(async () => await SendersAsync() == 2, _ct);
        await _service.ScalarAsync<long>(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        await GivenRowsAsync(2);

        await Eventually.IsAsync(() => Node.Applied.Count == 2, _ct);
    }

    [Fact]
    public async Task Operators_see_how_far_each_node_is()
    {
        await GivenWithdrawalsAsync(2);
        await Eventually.IsAsync(async () => (await LineAsync()).Acknowledged == 2, _ct);

        var line = await LineAsync();

        Assert.Equal((ConsentService.First, 2, 2), (line.Biobank, line.Head, line.Acknowledged));
        Assert.NotNull(line.LastContactAt);
        Assert.Null(line.AlarmedAt);
    }

    private static Func<HttpContext, Task> Status(HttpStatusCode status) => context =>
    {
        context.Response.StatusCode = (int)status;
        return Task.CompletedTask;
    };

    private static Func<HttpContext, Task> Misbehave(string how) => how switch
    {
        "502" => Status(HttpStatusCode.BadGateway),
        "garbage" => context => context.Response.WriteAsync("<html>it works!</html>", context.RequestAborted),
        "null" => context => context.Response.WriteAsync("null", context.RequestAborted),
        "array" => context => context.Response.WriteAsync("""[{"applied":3}]""", context.RequestAborted),
        "negative" => context => context.Response.WriteAsync("""{"applied":-3}""", context.RequestAborted),
        "oversized" => context => context.Response.WriteAsync($$"""{"applied":{{new string('0', 100_000)}}3}""", context.RequestAborted),
        "hang" => context => Task.Delay(Timeout.Infinite, context.RequestAborted),
        "cut" => context =>
        {
            context.Abort();
            return Task.CompletedTask;
        }
        ,
        "half" => async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.Body.WriteAsync("{\"appl"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        }
        ,
        "trickle" => async context =>
        {
            foreach (var letter in Encoding.UTF8.GetBytes(new string(' ', 1000)))
            {
                await context.Response.Body.WriteAsync(new[] { letter }, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(100, context.RequestAborted);
            }
        }
        ,
        _ => context =>
        {
            context.Response.Redirect("/nodes/tommo/consent/changes", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        }
        ,
    };

    private async Task GivenWithdrawalsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _service.GivenAWithdrawalAsync(ConsentService.First, _service.NewParticipant(), _ct);
        }
    }

    /// <summary>Many changes at once, as another instance would commit them.</summary>
    private Task<object> GivenRowsAsync(int count) => _service.ScalarAsync<object>(
        """
        WITH head AS (UPDATE biobank SET head = head + @count WHERE biobank_id = 'bbj' RETURNING head)
        INSERT INTO consent_change (biobank_id, sequence, participant_ref, kind, recorded_at)
        SELECT 'bbj', head - @count + n, lpad(to_hex(head - @count + n), 32, '0'), 'withdrawn', now() FROM head, generate_series(1, @count) n
        """,
        new { count });

    private Task<long> SendersAsync() => _service.ScalarAsync<long>(
        """
        SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
        """);

    private async Task<ShowReplication.Line> LineAsync()
    {
        var lines = await _service.Client(_service.Token("operator", Roles.Operator))
            .GetFromJsonAsync<ShowReplication.Line[]>("/replication", ServiceDefaultsExtensions.Json, _ct);
        return lines!.Single(l => l.Biobank == ConsentService.First);
    }

    private async Task<long[]> AcknowledgementsAsync(int last) => await _service.ScalarAsync<long[]>(
        "SELECT array_agg(applied ORDER BY acknowledgement_id) FROM (SELECT * FROM acknowledgement WHERE biobank_id = 'bbj' ORDER BY acknowledgement_id DESC LIMIT @last) a",
        new { last });
}
