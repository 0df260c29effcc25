using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Kakehashi.Consent.Withdrawals;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.TestKit;
using Npgsql;

namespace Kakehashi.Consent.Tests.Withdrawals;

public sealed class WithdrawTests(ConsentService service) : IClassFixture<ConsentService>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_participant_withdraws_and_learns_since_when_the_node_applies_it()
    {
        var participant = service.NewParticipant();
        var client = service.Participant(ConsentService.First, participant);

        var answer = await PostAsync(client, new(ConsentService.First, null, "changed my mind"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var withdrawal = (await answer.Content.ReadFromJsonAsync<Withdraw.Response>(_ct))!;
        Assert.True(withdrawal.EffectiveAt >= withdrawal.RecordedAt);
        Assert.Contains(
            service.Nodes[ConsentService.First].Applied,
            c => c.Participant == participant && c.Sequence == withdrawal.Sequence && c.Kind == "withdrawn");
        Assert.Equal("p-account", await service.ScalarAsync<string>(
            "SELECT actor FROM audit_event WHERE action = 'consent.withdrawn' AND subject = @subject",
            new { subject = $"{ConsentService.First}/{withdrawal.Sequence}" }));
    }

    [Fact]
    public async Task The_audit_line_names_the_change_and_not_the_participant()
    {
        var participant = service.NewParticipant();

        await service.GivenAWithdrawalAsync(ConsentService.First, participant, _ct);

        Assert.Equal(0, await service.ScalarAsync<long>(
            "SELECT count(*) FROM audit_event WHERE strpos(audit_event::text, @reference) > 0", new { reference = participant.ToWire() }));
    }

    [Fact]
    public async Task A_withdrawal_while_the_node_is_away_is_recorded_and_not_yet_effective()
    {
        await using var lonely = new ConsentService();
        await lonely.InitializeAsync();
        var app = await lonely.StartInstanceAsync(_ct, "--Consent:AcknowledgementWait=00:00:00.100");
        lonely.Nodes[ConsentService.First].Instead = context => Answer(context, HttpStatusCode.BadGateway);
        var participant = lonely.NewParticipant();
        var client = lonely.Participant(ConsentService.First, participant, app);

        var answer = await PostAsync(client, new(ConsentService.First, participant, "moving away"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("\"effectiveAt\":null", await answer.Content.ReadAsStringAsync(_ct), StringComparison.Ordinal);
        Assert.Equal(1, await lonely.ScalarAsync<long>("SELECT head FROM biobank WHERE biobank_id = 'bbj'"));
    }

    [Fact]
    public async Task Withdrawing_twice_at_once_succeeds_once_and_is_audited_once()
    {
        var participant = service.NewParticipant();

        await using var gate = await GateAsync(ConsentService.First);
        var both = Task.WhenAll(new[] { "once", "twice" }.Select(reason =>
            PostAsync(service.Participant(ConsentService.First, participant), new(ConsentService.First, participant, reason))));
        await gate.OpenWhenWaitingAsync(requests: 2, _ct);
        var answers = await both;

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(a => a.StatusCode).Order());
        Assert.Equal("consent.already-withdrawn", await CodeAsync(answers.Single(a => a.StatusCode is HttpStatusCode.Conflict)));
        Assert.Equal(1, await service.ScalarAsync<long>(
            "SELECT count(*) FROM consent_change WHERE participant_ref = @reference", new { reference = participant.ToWire() }));
        Assert.Equal(1, await service.ScalarAsync<long>(
            """
            SELECT count(*) FROM audit_event a JOIN consent_change c ON a.subject = c.biobank_id || '/' || c.sequence
            WHERE c.participant_ref = @reference
            """,
            new { reference = participant.ToWire() }));
    }

    [Fact]
    public async Task Withdrawals_at_once_get_dense_sequences_in_each_biobank()
    {
        var before = await service.ScalarAsync<long>("SELECT head FROM biobank WHERE biobank_id = 'tommo'");

        await using var gate = await GateAsync(ConsentService.Second);
        var all = Task.WhenAll(Enumerable.Range(0, 4)
            .Select(_ => service.GivenAWithdrawalAsync(ConsentService.Second, service.NewParticipant(), _ct)));
        await gate.OpenWhenWaitingAsync(requests: 4, _ct);
        var sequences = (await all).Select(w => w.Sequence).Order();

        Assert.Equal([before + 1, before + 2, before + 3, before + 4], sequences);
    }

    [Fact]
    public async Task Somebody_else_looks_like_nobody()
    {
        var client = service.Participant(ConsentService.First, service.NewParticipant());
        var other = service.NewParticipant();

        var somebody = await PostAsync(client, new(ConsentService.First, other, "not mine"));
        var elsewhere = await PostAsync(client, new(ConsentService.Second, null, "not there"));
        var nowhere = await PostAsync(client, new("no-such-biobank", null, "not anywhere"));

        Assert.All([somebody, elsewhere, nowhere], a => Assert.Equal(HttpStatusCode.NotFound, a.StatusCode));
        Assert.Equal(await BodyAsync(somebody), await BodyAsync(nowhere));
        Assert.Equal(await BodyAsync(elsewhere), await BodyAsync(nowhere));
        Assert.Equal(0, await service.ScalarAsync<long>(
            "SELECT count(*) FROM consent_change WHERE participant_ref = @reference", new { reference = other.ToWire() }));
    }

    [Fact]
    public async Task A_steward_acts_for_the_own_biobank_only()
    {
        var steward = service.Steward(ConsentService.First);

        var own = await PostAsync(steward, new(ConsentService.First, service.NewParticipant(), "by letter"));
        var foreign = await PostAsync(steward, new(ConsentService.Second, service.NewParticipant(), "by letter"));
        var unknown = await PostAsync(steward, new("no-such-biobank", service.NewParticipant(), "by letter"));

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.Equal(await BodyAsync(unknown), await BodyAsync(foreign));
    }

    [Fact]
    public async Task A_steward_of_a_biobank_that_is_not_kept_here_finds_nobody()
    {
        var steward = service.Steward("elsewhere");

        var answer = await PostAsync(steward, new("elsewhere", service.NewParticipant(), "by letter"));

        Assert.Equal("consent.not-found", await CodeAsync(answer));
    }

    [Fact]
    public async Task A_steward_has_to_name_the_participant()
    {
        var steward = service.Steward(ConsentService.First);

        var answer = await PostAsync(steward, new(ConsentService.First, null, "by letter"));

        Assert.Equal("consent.participant-missing", await CodeAsync(answer));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    public async Task A_reason_is_asked_for_and_bounded(int length)
    {
        var client = service.Participant(ConsentService.First, service.NewParticipant());

        var answer = await PostAsync(client, new(ConsentService.First, null, new('x', length)));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("consent.reason", await CodeAsync(answer));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"biobank":"bbj"}""")]
    [InlineData("""{"biobank":"bbj","reason":"r","more":1}""")]
    [InlineData("""{"biobank":"bbj","reason":"r","participant":"p7"}""")]
    [InlineData("""{"biobank":"bbj","reason":"r","reason":"s"}""")]
    [InlineData("""{"biobank":null,"reason":"r"}""")]
    [InlineData("""{"biobank":"bbj","reason":"\ud800"}""")]
    public async Task A_body_that_is_not_the_agreed_json_is_refused_and_changes_nothing(string body)
    {
        var participant = service.NewParticipant();
        var client = service.Participant(ConsentService.First, participant);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        var answer = await client.PostAsync("/withdrawals", content, _ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("request.malformed", await CodeAsync(answer));
        Assert.Equal(0, await service.ScalarAsync<long>(
            "SELECT count(*) FROM consent_change WHERE participant_ref = @reference", new { reference = participant.ToWire() }));
    }

    [Theory]
    [InlineData("UPDATE consent_change SET kind = 'withdrawn'")]
    [InlineData("DELETE FROM consent_change")]
    [InlineData("DELETE FROM audit_event")]
    [InlineData("TRUNCATE acknowledgement")]
    public async Task What_is_recorded_stays_recorded(string sql)
    {
        await service.GivenAWithdrawalAsync(ConsentService.First, service.NewParticipant(), _ct);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => service.ScalarAsync<object>(sql));

        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
    }

    private static Task Answer(Microsoft.AspNetCore.Http.HttpContext context, HttpStatusCode status)
    {
        context.Response.StatusCode = (int)status;
        return Task.CompletedTask;
    }

    private Task<HttpResponseMessage> PostAsync(HttpClient client, Withdraw.Request request) =>
        client.PostAsJsonAsync("/withdrawals", request, ServiceDefaultsExtensions.Json, _ct);

    private Task<RowGate> GateAsync(string biobank) => RowGate.CloseAsync(
        service.ConnectionString, $"SELECT 1 FROM biobank WHERE biobank_id = '{biobank}' FOR UPDATE", _ct);

    /// <summary>The problem as the caller sees it, without the request's own trace id.</summary>
    private async Task<string> BodyAsync(HttpResponseMessage answer)
    {
        var members = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(await answer.Content.ReadAsStringAsync(_ct))!;
        return string.Join('\n', members.Where(m => m.Key != "traceId").Select(m => $"{m.Key}={m.Value}"));
    }

    private async Task<string> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(_ct)).GetProperty("type").GetString()!["urn:kakehashi:problem:".Length..];
}
