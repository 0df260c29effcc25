using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kakehashi.Contracts;
using Kakehashi.Metering.Batches;
using Kakehashi.Metering.Events;
using Kakehashi.ServiceDefaults;
using Kakehashi.TestKit;

namespace Kakehashi.Metering.Tests.Batches;

/// <summary>What the IdBroker delivers, beside the nodes.</summary>
public sealed class AccessEventTests(MeteringService service) : IClassFixture<MeteringService>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_auditor_finds_questions_and_sign_ins_in_one_log()
    {
        var node = Usage.NewNode();
        var question = Usage.Event(node) with { Subject = "suzuki" };
        var signIn = Access.Event() with { Actor = "suzuki" };
        var refusal = Access.Event("sign-in.failed", 1) with { Actor = "anonymous", Subject = "suzuki", Reason = "password.wrong", Acr = null };
        var next = await NextAsync();
        Assert.Equal(HttpStatusCode.OK, (await DeliverAsync(next, signIn.ToLeaf(), refusal.ToLeaf())).StatusCode);
        await service.GivenEntriesAsync(node, 0, question.ToLeaf());

        var bySuzuki = await ListAsync("actor=suzuki");
        Assert.Equal([Access.Producer, $"node:{node}"], bySuzuki.Select(item => item.Producer));
        Assert.Equivalent(signIn, bySuzuki[0].Access, strict: true);
        Assert.Null(bySuzuki[0].Usage);
        Assert.Equivalent(question, bySuzuki[1].Usage, strict: true);
        Assert.Null(bySuzuki[1].Access);
        Assert.Equivalent(refusal, Assert.Single(await ListAsync("subject=suzuki")).Access, strict: true);
        Assert.Equal([next + 1], (await ListAsync("kind=sign-in.failed&subject=suzuki")).Select(item => item.ProducerIndex));
        Assert.Equal([$"node:{node}"], (await ListAsync("kind=count&actor=suzuki")).Select(item => item.Producer));
        Assert.Equal([next], (await ListAsync("producer=idbroker&actor=suzuki")).Select(item => item.ProducerIndex));
        Assert.Empty(await ListAsync("outcome=answered&producer=idbroker"));
    }

    [Theory]
    [InlineData(Roles.Node, "idbroker")]
    [InlineData(Roles.IdBroker, "node:bbj")]
    [InlineData(Roles.IdBroker, "catalog")]
    [InlineData(Roles.Node, "catalog")]
    public async Task A_client_without_the_role_that_goes_with_its_name_delivers_nothing(string role, string client)
    {
        var caller = service.Client(role, client);

        var answer = await MeteringService.DeliverAsync(caller, client, 0, Access.Event().ToLeaf());
        await answer.ProblemAsync(HttpStatusCode.Forbidden, "metering.foreign-producer");
        var next = await caller.GetAsync($"/batches/{client}/next", _ct);
        await next.ProblemAsync(HttpStatusCode.Forbidden, "metering.foreign-producer");
    }

    [Fact]
    public async Task A_node_and_the_broker_cannot_speak_for_each_other()
    {
        var node = Usage.NewNode();

        await (await DeliverAsync(await NextAsync(), Usage.Leaf(node))).ProblemAsync(HttpStatusCode.UnprocessableEntity, "metering.bad-event");
        await (await service.DeliverAsync(node, 0, Access.Event().ToLeaf())).ProblemAsync(HttpStatusCode.UnprocessableEntity, "metering.bad-event");
        await (await MeteringService.DeliverAsync(service.Node(node), Access.Producer, 0, Access.Event().ToLeaf()))
            .ProblemAsync(HttpStatusCode.Forbidden, "metering.foreign-producer");
    }

    [Theory]
    [InlineData("version", "2")]
    [InlineData("eventId", "\"9f2c7f57-6f5e-4c8e-9a0e-3d5e8c1b2a3f\"")]
    [InlineData("at", "\"2026-04-01T09:00:00+09:00\"")]
    [InlineData("at", "\"0001-01-01T00:00:00Z\"")]
    [InlineData("producer", "\"node:bbj\"")]
    [InlineData("kind", "\"count\"")]
    [InlineData("kind", "\"Sign-In.failed\"")]
    [InlineData("kind", "\"sign-in.failed\\n\"")]
    [InlineData("kind", "null")]
    [InlineData("actor", "\"\"")]
    [InlineData("actor", "null")]
    [InlineData("subject", "\"a\\u0000b\"")]
    [InlineData("client", "\"\"")]
    [InlineData("reason", "\"\"")]
    [InlineData("reason", "\"it was 0123456789abcdefghijklmnopqrstuvwxyzABCDEFG\"")]
    [InlineData("acr", "\"high\"")]
    [InlineData("password", "\"x\"")]
    [InlineData("Actor", "\"sato\"")]
    public void A_member_out_of_bounds_or_unknown_is_refused(string member, string json)
    {
        var text = Encoding.UTF8.GetString(With(member, "\u00a7")).Replace("\"\\u00A7\"", json, StringComparison.Ordinal);

        Assert.Contains(json, text, StringComparison.Ordinal);
        Assert.Null(EventRules.Read(Encoding.UTF8.GetBytes(text), Access.Producer, out var broken));
        Assert.NotNull(broken);
    }

    [Fact]
    public void An_event_without_any_one_of_its_required_members_is_refused()
    {
        string[] optional = ["client", "reason", "acr"];
        foreach (var (member, _) in JsonNode.Parse(Access.Event().ToLeaf())!.AsObject())
        {
            Assert.Equal(optional.Contains(member), EventRules.Read(With(member, null), Access.Producer, out _) is not null);
        }
    }

    private async Task<long> NextAsync() =>
        (await (await service.Broker().GetAsync("/batches/idbroker/next", _ct)).ReadAsync<LedgerBatchReceipt>()).NextIndex;

    private Task<HttpResponseMessage> DeliverAsync(long firstIndex, params byte[][] leaves) =>
        MeteringService.DeliverAsync(service.Broker(), Access.Producer, firstIndex, leaves);

    private async Task<IReadOnlyList<ListEvents.Item>> ListAsync(string query)
    {
        var answer = await service.Auditor().GetAsync($"/events?{query}&order=oldest", _ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.ReadAsync<ListEvents.Response>()).Events;
    }

    /// <summary>An event with one member changed or added, or taken out when the value is null.</summary>
    private static byte[] With(string member, JsonNode? value)
    {
        var root = JsonNode.Parse(Access.Event().ToLeaf())!.AsObject();
        root.Remove(member);
        if (value is not null)
        {
            root.Add(member, value);
        }

        return JsonSerializer.SerializeToUtf8Bytes(root, ServiceDefaultsExtensions.Json);
    }
}
