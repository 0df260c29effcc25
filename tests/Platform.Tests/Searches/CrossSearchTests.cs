using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Kakehashi.Catalog.Searches;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.Platform.Tests.Searches;

[Collection<DemoPlatformTests>]
public sealed class CrossSearchTests(DemoPlatform demo)
{
    private const string Diabetes = """{"all":[{"condition":"ICD10:E11"},{"age":{"from":50,"to":70}}]}""";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_biobank_answers_or_says_why_not_and_the_total_is_the_sum_of_what_was_released()
    {
        var answer = await demo.Platform.SearchAsync(new(Diabetes), _ct);

        Assert.Equal(DemoPlatform.Biobanks, answer.Nodes!.Select(node => node.Node));
        Assert.All(answer.Nodes!, IsAnsweredOrWithheld);
        var released = answer.Nodes!.Where(node => node.State == CountStates.Answered).ToList();
        Assert.Equal(released.Sum(node => node.Count!.Value.Value), answer.Total.Value);
        Assert.Equal((released.Count, 5), (answer.Total.Answered, answer.Total.Asked));
        Assert.Equal(released.Count == 5, answer.Total.Complete);
        Assert.Matches("^[0-9a-f]{64}$", answer.CohortId);
        Assert.All(answer.Nodes!, node => Assert.Equal(answer.CohortId, node.CohortId));
    }

    [Theory]
    [InlineData("bbj")]
    [InlineData("dementia")]
    [InlineData("jmicc")]
    [InlineData("ncbn")]
    [InlineData("tommo")]
    public async Task The_number_is_the_one_counted_in_the_biobanks_files_by_hand(string biobank)
    {
        var exact = DemoTruth.Read(demo.FolderOf(biobank)).Count(person =>
            person.AllowsBiomedicalResearch() && person.Has("ICD10:E11") && person.Age is >= 50 and < 70 && !demo.Withdrawn.Contains(person.Id));

        var answer = await demo.Platform.SearchAsync(new(Diabetes) { Biobanks = [biobank] }, _ct);

        Assert.Equal(DemoTruth.Released(exact), Assert.Single(answer.Nodes!).Count!.Value.Value);
    }

    [Theory]
    [InlineData("""{"all":[{"age":{"to":70,"from":50}},{"condition":"ICD10:E11"}]}""")]
    [InlineData("""{"all":[{"condition":"ICD10:E11"},{"all":[{"age":{"from":5e1,"to":70.0}},{"condition":"ICD10:E11"}]}]}""")]
    [InlineData("""{"not":{"not":{"all":[{"condition":"\u0049CD10:E11"},{"any":[{"age":{"from":50,"to":70}}]}]}}}""")]
    public async Task The_same_question_written_differently_has_the_same_id_and_the_same_numbers(string other)
    {
        var first = await demo.Platform.SearchAsync(new(Diabetes) { Breakdown = ["sex"] }, _ct);

        var second = await demo.Platform.SearchAsync(new(other) { Breakdown = ["sex"] }, _ct);

        Assert.Equal(first.CohortId, second.CohortId);
        Assert.Equal(NumbersOf(first), NumbersOf(second));
    }

    [Fact]
    public async Task A_breakdown_names_each_cell_once_and_withholds_small_ones()
    {
        var answer = await demo.Platform.SearchAsync(new(Question.Everybody) { Breakdown = ["sex", "age"] }, _ct);

        var keys = answer.Breakdown.Select(cell => (cell.Keys["sex"], cell.Keys["age"])).ToList();
        Assert.Equal(keys.Distinct(), keys);
        Assert.Contains(answer.Nodes!, node => node.Breakdown.Any(cell => cell.Count.Withheld is not null));
        foreach (var cell in answer.Breakdown)
        {
            var parts = answer.Nodes!.SelectMany(node => node.Breakdown)
                .Where(part => part.Keys["sex"] == cell.Keys["sex"] && part.Keys["age"] == cell.Keys["age"] && part.Count.Value is not null)
                .ToList();
            Assert.Equal(parts.Count, cell.Nodes);
            Assert.Equal(parts.Count == 0 ? null : parts.Sum(part => part.Count.Value), cell.Value);
        }

        Assert.All(
            answer.Nodes!.SelectMany(node => node.Breakdown),
            cell => Assert.True(cell.Count.Value is null || (cell.Count.Value >= 10 && cell.Count.Value % 10 == 0)));
    }

    [Fact]
    public async Task Cells_of_a_breakdown_are_those_counted_by_hand_or_withheld()
    {
        var people = DemoTruth.Read(demo.FolderOf("tommo")).Where(person => person.AllowsBiomedicalResearch()).ToList();

        var answer = await demo.Platform.SearchAsync(new(Question.Everybody) { Breakdown = ["sex"], Biobanks = ["tommo"] }, _ct);

        var cells = Assert.Single(answer.Nodes!).Breakdown;
        Assert.All(cells, cell => Assert.Contains(
            cell.Count.Value, new[] { DemoTruth.Released(people.Count(person => person.Sex == cell.Keys["sex"])), null }));
        Assert.Contains(cells, cell => cell.Count.Value > 0);
    }

    [Fact]
    public async Task A_stream_brings_one_event_for_each_node_and_then_the_total()
    {
        var question = new Question(Diabetes) { Breakdown = ["sex"] };
        var whole = await demo.Platform.SearchAsync(question, _ct);

        var reply = await demo.Platform.SendAsync(
            HttpMethod.Post,
            "api/catalog/searches",
            await demo.Platform.TokenAsync("sato", _ct),
            new StringContent(question.ToJson(), Encoding.UTF8, "application/json"),
            _ct,
            accept: "text/event-stream");

        Assert.Equal("text/event-stream", reply.ContentType);
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(reply.Text));
        var events = SseParser.Create(text).Enumerate().ToList();
        Assert.Equal([.. Enumerable.Repeat("node", 5), "total"], events.Select(e => e.EventType));
        var nodes = events.SkipLast(1).Select(e => JsonSerializer.Deserialize<NodeAnswer>(e.Data, ServiceDefaultsExtensions.Json)!);
        var total = JsonSerializer.Deserialize<SearchAnswer>(events[^1].Data, ServiceDefaultsExtensions.Json)!;
        Assert.Null(total.Nodes);
        Assert.Equal(NumbersOf(whole), NumbersOf(total with { Nodes = [.. nodes.OrderBy(node => node.Node, StringComparer.Ordinal)] }));
    }

    private static void IsAnsweredOrWithheld(NodeAnswer node)
    {
        Assert.Contains(node.State, new[] { CountStates.Answered, CountStates.Withheld });
        Assert.NotNull(node.Freshness);
        Assert.NotNull(node.LedgerIndex);
        if (node.State == CountStates.Withheld)
        {
            Assert.NotNull(node.Count!.Value.Withheld);
            Assert.NotEmpty(node.Reasons);
        }
        else
        {
            Assert.True(node.Count!.Value.Value >= 10 && node.Count.Value.Value % 10 == 0, $"{node.Count.Value.Value} was released.");
        }
    }

    /// <summary>Everything in an answer that may not depend on how or when the question was put.</summary>
    private static string NumbersOf(SearchAnswer answer) => JsonSerializer.Serialize(
        new
        {
            answer.CohortId,
            answer.Total,
            answer.Breakdown,
            Nodes = answer.Nodes!.Select(node => new { node.Node, node.State, node.Count, node.Breakdown }),
        },
        ServiceDefaultsExtensions.Json);
}
