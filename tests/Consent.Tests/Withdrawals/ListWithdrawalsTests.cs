using System.Net;
using System.Net.Http.Json;
using Kakehashi.Consent.Withdrawals;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http;

namespace Kakehashi.Consent.Tests.Withdrawals;

public sealed class ListWithdrawalsTests : IAsyncLifetime
{
    private readonly ConsentService _service = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_participant_sees_the_own_withdrawal_and_no_other()
    {
        var participant = _service.NewParticipant();
        await _service.GivenAWithdrawalAsync(ConsentService.First, _service.NewParticipant(), _ct);
        var mine = await _service.GivenAWithdrawalAsync(ConsentService.First, participant, _ct);

        var list = await ListAsync(_service.Participant(ConsentService.First, participant));

        var shown = Assert.Single(list.Withdrawals);
        Assert.Equal((participant, mine.Sequence, "effective"), (shown.Participant, shown.Sequence, shown.State));
        Assert.NotNull(shown.EffectiveAt);
        Assert.Empty(list.Biobanks);
    }

    [Fact]
    public async Task A_participant_who_withdrew_nothing_sees_nothing()
    {
        await _service.GivenAWithdrawalAsync(ConsentService.First, _service.NewParticipant(), _ct);

        var list = await ListAsync(_service.Participant(ConsentService.First, _service.NewParticipant()));

        Assert.Empty(list.Withdrawals);
    }

    [Fact]
    public async Task A_steward_sees_figures_of_the_own_biobanks_and_no_references()
    {
        await _service.GivenAWithdrawalAsync(ConsentService.First, _service.NewParticipant(), _ct);
        await _service.GivenAWithdrawalAsync(ConsentService.Second, _service.NewParticipant(), _ct);

        var list = await ListAsync(_service.Steward(ConsentService.First));

        Assert.Equal([new(ConsentService.First, 1, 1, 0)], list.Biobanks);
        Assert.Empty(list.Withdrawals);
    }

    [Fact]
    public async Task What_the_node_has_not_confirmed_is_pending()
    {
        await _service.GivenAWithdrawalAsync(ConsentService.First, _service.NewParticipant(), _ct);
        _service.Nodes[ConsentService.First].Instead = context =>
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return Task.CompletedTask;
        };
        var late = _service.NewParticipant();
        await _service.GivenAWithdrawalAsync(ConsentService.First, late, _ct);

        var list = await ListAsync(_service.Steward(ConsentService.First));
        var own = await ListAsync(_service.Participant(ConsentService.First, late));

        Assert.Equal([new(ConsentService.First, 2, 1, 1)], list.Biobanks);
        Assert.Equal("pending", Assert.Single(own.Withdrawals).State);
        Assert.Null(own.Withdrawals[0].EffectiveAt);
    }

    [Fact]
    public async Task A_steward_reads_the_own_biobanks_withdrawals_page_by_page()
    {
        var participants = new[] { _service.NewParticipant(), _service.NewParticipant(), _service.NewParticipant() };
        foreach (var participant in participants)
        {
            await _service.GivenAWithdrawalAsync(ConsentService.First, participant, _ct);
        }

        var steward = _service.Steward(ConsentService.First);
        var first = await ListAsync(steward, "?biobank=bbj&limit=2");
        var second = await ListAsync(steward, $"?biobank=bbj&limit=2&after={first.Next}");

        Assert.Equal(participants, first.Withdrawals.Concat(second.Withdrawals).Select(w => w.Participant));
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task Somebody_elses_biobank_looks_like_no_biobank()
    {
        var participant = _service.Participant(ConsentService.First, _service.NewParticipant());

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_service.Steward(ConsentService.First), "?biobank=tommo"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_service.Steward(ConsentService.First), "?biobank=nowhere"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(participant, "?biobank=bbj"));
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=501")]
    [InlineData("?after=-1")]
    [InlineData("?after=x")]
    public async Task A_page_that_cannot_be_is_refused(string query) =>
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(_service.Steward(ConsentService.First), query));

    private async Task<ListWithdrawals.Response> ListAsync(HttpClient client, string query = "") =>
        (await client.GetFromJsonAsync<ListWithdrawals.Response>($"/withdrawals{query}", ServiceDefaultsExtensions.Json, _ct))!;

    private async Task<HttpStatusCode> StatusAsync(HttpClient client, string query) =>
        (await client.GetAsync($"/withdrawals{query}", _ct)).StatusCode;
}
