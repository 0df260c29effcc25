using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.Metering.Batches;
using Kakehashi.ServiceDefaults.Deliveries;
using Kakehashi.TestKit;

namespace Kakehashi.Metering.Tests.Batches;

public sealed class EventRulesTests
{
    private const string Node = "bbj";
    private const string Producer = "node:bbj";

    [Fact]
    public void A_usage_event_of_the_node_is_read()
    {
        var usage = Usage.Event(Node) with { Project = "study-1", Outcome = CountStates.NotHeld };

        var read = EventRules.Read(usage.ToLeaf(), Producer, out var broken);

        Assert.Null(broken);
        Assert.Equivalent(new LedgerEvent(usage, null), read, strict: true);
    }

    [Theory]
    [InlineData("version", "2")]
    [InlineData("version", "1.0")]
    [InlineData("eventId", "\"00000000-0000-0000-0000-000000000000\"")]
    [InlineData("eventId", "\"9f2c7f57-6f5e-4c8e-9a0e-3d5e8c1b2a3f\"")]
    [InlineData("eventId", "\"x\"")]
    [InlineData("at", "\"2026-04-01T09:00:00+09:00\"")]
    [InlineData("at", "\"0001-01-01T00:00:00Z\"")]
    [InlineData("at", "\"9999-12-31T23:59:59Z\"")]
    [InlineData("node", "\"tommo\"")]
    [InlineData("node", "\"BBJ\"")]
    [InlineData("kind", "\"export\"")]
    [InlineData("issuer", "\"\"")]
    [InlineData("subject", "null")]
    [InlineData("subject", "\"\"")]
    [InlineData("subject", "\"a\\u0000b\"")]
    [InlineData("subject", "\"a\\nb\"")]
    [InlineData("subject", "\"\\ud800\"")]
    [InlineData("organisation", "\"\"")]
    [InlineData("project", "\"\\u0007\"")]
    [InlineData("purpose", "null")]
    [InlineData("purpose.use", "-1")]
    [InlineData("purpose.use", "99")]
    [InlineData("purpose.use", "\"ANY\"")]
    [InlineData("purpose.diseases", "[null]")]
    [InlineData("purpose.diseases", "[\"\"]")]
    [InlineData("purpose.country", "\"jp\"")]
    [InlineData("purpose.country", "\"JPN\"")]
    [InlineData("purpose.country", "null")]
    [InlineData("purpose.participant", "\"123\"")]
    [InlineData("cohortId", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")]
    [InlineData("cohortId", "\"aa\"")]
    [InlineData("variables", "null")]
    [InlineData("variables", "[null]")]
    [InlineData("variables", "\"sex\"")]
    [InlineData("outcome", "\"lost\"")]
    [InlineData("outcome", "\"unreachable\"")]
    [InlineData("cellsReleased", "-1")]
    [InlineData("cellsReleased", "1000001")]
    [InlineData("cellsReleased", "99999999999")]
    [InlineData("consentSequence", "-1")]
    [InlineData("durationMs", "-0.5")]
    [InlineData("durationMs", "1e400")]
    [InlineData("durationMs", "\"NaN\"")]
    [InlineData("durationMs", "86400001")]
    [InlineData("Version", "1")]
    [InlineData("participant", "\"123\"")]
    public void A_member_out_of_bounds_or_unknown_is_refused(string member, string json)
    {
        var text = Encoding.UTF8.GetString(With(Node, member, "\u00a7")).Replace("\"\\u00A7\"", json, StringComparison.Ordinal);

        Assert.Contains(json, text, StringComparison.Ordinal);
        Assert.Null(EventRules.Read(Encoding.UTF8.GetBytes(text), Producer, out var broken));
        Assert.NotNull(broken);
    }

    [Fact]
    public void An_event_without_any_one_of_its_required_members_is_refused()
    {
        string[] optional = ["organisation"]; // project is absent from the sample
        foreach (var (member, _) in JsonNode.Parse(Usage.Leaf(Node))!.AsObject())
        {
            var read = EventRules.Read(With(Node, member, null, remove: true), Producer, out _);
            Assert.Equal(optional.Contains(member), read is not null);
        }
    }

    [Fact]
    public void Lists_and_texts_have_bounds()
    {
        JsonNode Texts(int count) => new JsonArray([.. Enumerable.Range(0, count).Select(i => JsonValue.Create($"c{i}"))]);
        var longest = new string('x', 200);

        Assert.NotNull(EventRules.Read(With(Node, "variables", Texts(1000)), Producer, out _));
        Assert.Null(EventRules.Read(With(Node, "variables", Texts(1001)), Producer, out _));
        Assert.NotNull(EventRules.Read(With(Node, "purpose.diseases", Texts(100)), Producer, out _));
        Assert.Null(EventRules.Read(With(Node, "purpose.diseases", Texts(101)), Producer, out _));
        Assert.NotNull(EventRules.Read(With(Node, "subject", longest), Producer, out _));
        Assert.Null(EventRules.Read(With(Node, "subject", longest + "x"), Producer, out _));
    }

    [Theory]
    [InlineData("node:tommo")]
    [InlineData("node:")]
    [InlineData("idbroker")]
    [InlineData("bbj")]
    [InlineData("")]
    public void A_nodes_event_is_no_event_of_another_producer(string producer)
    {
        Assert.Null(EventRules.Read(Usage.Leaf(Node), producer, out var broken));
        Assert.NotNull(broken);
    }

    [Theory]
    [InlineData("node:bbj", Roles.Node)]
    [InlineData("idbroker", Roles.IdBroker)]
    [InlineData("catalog", null)]
    [InlineData("NODE:bbj", null)]
    [InlineData("", null)]
    public void Each_producer_has_the_one_role_that_goes_with_its_name(string producer, string? role) =>
        Assert.Equal(role, EventRules.RoleOf(producer));

    [Fact]
    public void Bytes_that_are_not_one_json_object_are_refused()
    {
        var leaf = Usage.Leaf(Node);
        byte[]?[] others =
        [
            null, [], [0], "null"u8.ToArray(), "[]"u8.ToArray(), [.. leaf, .. leaf], [0xEF, 0xBB, 0xBF, .. leaf], leaf[..^1],
            [.. leaf[..^1], .. ",\"version\":1}"u8], [.. leaf, .. new byte[LedgerFile.LargestEntry]],
            [.. leaf, .. Enumerable.Repeat((byte)' ', LedgerFile.LargestEntry)],
        ];

        Assert.All(others, other => Assert.Null(EventRules.Read(other, Producer, out _)));
    }

    [Fact]
    public void Whatever_bytes_come_they_are_read_or_refused_never_a_fault()
    {
        var leaf = Usage.Leaf(Node);
        var damage = Gen.Choose(0, leaf.Length - 1).Zip(Gen.Choose(0, 255)).ListOf(4).ToArbitrary();
        Prop.ForAll(damage, changes =>
        {
            var damaged = leaf.ToArray();
            foreach (var (at, value) in changes)
            {
                damaged[at] = (byte)value;
            }

            var read = EventRules.Read(damaged, Producer, out var broken);
            return read is null ? broken is not null : read.Usage is { Node: Node } usage && LedgerFields.IsText(usage.Subject) && UsageEventRules.Outcomes.Contains(usage.Outcome);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    /// <summary>An event with one member changed, added or taken out; the path has dots.</summary>
    private static byte[] With(string node, string path, JsonNode? value, bool remove = false)
    {
        var root = JsonNode.Parse(Usage.Leaf(node))!.AsObject();
        var parts = path.Split('.');
        var parent = parts[..^1].Aggregate(root, (at, name) => at[name]!.AsObject());
        parent.Remove(parts[^1]);
        if (!remove)
        {
            parent.Add(parts[^1], value);
        }

        return JsonSerializer.SerializeToUtf8Bytes(root);
    }
}
