using System.Buffers;
using Kakehashi.AppHost.Platform;

namespace Kakehashi.Platform.Tests.Audits;

/// <summary>What is said and written while people work with the platform: nobody in a biobank can be told from it.</summary>
[Collection<DemoPlatformTests>]
public sealed class NothingLeaksTests(DemoPlatform demo)
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_events_and_logs_name_no_participant_and_no_value_of_a_question()
    {
        // Values that occur nowhere else by chance, in a good and in a refused question.
        var question = new Question(
            """{"all":[{"measurement":{"code":"LOINC:4548-4","from":6.437219,"to":97.518324,"unit":"%"}},{"sex":"female"}]}""");
        var unknown = question.ToJson().Replace("LOINC:4548-4", "LOINC:6.437219", StringComparison.Ordinal);
        var answer = await demo.Platform.SearchAsync(question with { Breakdown = ["sex", "age"] }, _ct);
        await demo.Platform.PostAsync("sato", "api/catalog/searches", unknown, _ct);
        await demo.Platform.PostAsync("sato", "api/catalog/searches", question.ToJson()[..^20], _ct);
        await demo.Platform.GetAsync("sato", "api/catalog/biobanks", _ct);
        await demo.Platform.GetAsync("sato", "api/catalog/variables?limit=1000", _ct);
        foreach (var node in answer.Nodes!)
        {
            await MeteringLog.UpToAsync(demo.Platform, node.Node, node.LedgerIndex!.Value, _ct);
        }

        var people = await PeopleAsync();
        var values = SearchValues.Create(["6.437219", "97.518324"], StringComparison.Ordinal);
        Assert.All(demo.Platform.Said, said => Assert.False(said.AsSpan().ContainsAny(people), "An answer names a participant."));
        Assert.All(demo.Platform.Said, said => Assert.False(said.AsSpan().ContainsAny(values), "An answer repeats a value of the question."));
        var logs = await LogsAsync();
        Assert.Contains(logs, log => log.Name == "node-bbj.log");
        Assert.All(logs, log => Assert.False(log.Text.AsSpan().ContainsAny(people), $"{log.Name} names a participant."));
        Assert.All(logs, log => Assert.False(log.Text.AsSpan().ContainsAny(values), $"{log.Name} holds a value of a question."));
    }

    [Fact]
    public async Task Logs_hold_no_token()
    {
        var token = await demo.Platform.TokenAsync("sato", _ct);
        await demo.Platform.SearchAsync(new(Question.Everybody), _ct);
        await demo.Platform.SendAsync(HttpMethod.Get, "api/catalog/biobanks", $"{token}x", null, _ct);

        var logs = await LogsAsync();

        var parts = SearchValues.Create([token, token.Split('.')[1], token.Split('.')[2]], StringComparison.Ordinal);
        Assert.All(logs, log => Assert.False(log.Text.AsSpan().ContainsAny(parts), $"{log.Name} holds a token."));
    }

    /// <summary>Every participant's id at one biobank, their names and insured numbers, and the demo participant's reference.</summary>
    private async Task<SearchValues<string>> PeopleAsync()
    {
        var ids = File.ReadLinesAsync(Path.Combine(demo.FolderOf("bbj"), "participants.csv"), _ct).Skip(1).Select(line => line.Split(',')[0]);
        var numbers = File.ReadLinesAsync(Path.Combine(demo.FolderOf("bbj"), "identities.csv"), _ct).Skip(1).Select(line => line.Split(',')[^1]);
        return SearchValues.Create(
            [.. await ids.Concat(numbers).ToListAsync(_ct), demo.ReferenceOf("bbj", DemoAccounts.FirstParticipant).ToWire()],
            StringComparison.Ordinal);
    }

    /// <summary>All logs under the platform's folder, PostgreSQL's too.</summary>
    private async Task<IReadOnlyList<(string Name, string Text)>> LogsAsync()
    {
        List<(string, string)> logs = [];
        foreach (var path in Directory.EnumerateFiles(demo.Platform.Folder.Root, "*.log", SearchOption.AllDirectories))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            logs.Add((Path.GetFileName(path), await reader.ReadToEndAsync(_ct)));
        }

        return logs;
    }
}
