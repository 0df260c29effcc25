using System.Net;
using System.Net.Http.Json;
using Kakehashi.AppHost.Platform;
using Kakehashi.Catalog.Searches;
using Kakehashi.Contracts;
using Kakehashi.Metering.Events;
using Kakehashi.Platform.Tests.Audits;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Platform.Tests.Processes;

[Collection<DemoPlatformTests>]
public sealed class ServicesAloneTests(DemoPlatform demo)
{
    private const string Biobank = "jmicc";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Services_as_processes_of_their_own_answer_and_lose_nothing_when_one_is_killed()
    {
        using var processes = await SeparateProcesses.StartAsync(
            demo.Platform.Local.Postgres, Biobank, Path.Combine(demo.FolderOf(Biobank), "biobank.yaml"), _ct);
        using var http = new HttpClient { BaseAddress = processes.Ports.Front };

        var first = await AnsweredAsync(processes, http);
        List<long> asked = [first.LedgerIndex!.Value];

        // The node dies as in a power cut: what it answered before is in its ledger, and reaches Metering afterwards.
        for (var i = 0; i < 20; i++)
        {
            asked.Add((await AskAsync(processes, http))!.LedgerIndex!.Value);
        }

        await processes.KillAsync("node", _ct);
        Assert.Equal(CountStates.Unreachable, (await AskAsync(processes, http))!.State);
        processes.StartAgain("node");
        asked.Add((await AnsweredAsync(processes, http)).LedgerIndex!.Value);

        // Metering dies and comes back while questions go on.
        await processes.KillAsync("metering", _ct);
        asked.Add((await AskAsync(processes, http))!.LedgerIndex!.Value);
        processes.StartAgain("metering");

        Assert.Equal(asked.Order().Distinct(), asked);
        var events = await Eventually.SeesAsync(() => EventsAsync(processes, http), seen => seen.Any(e => e.ProducerIndex == asked[^1]), _ct);
        MeteringLog.IsDense(events);
        Assert.Superset(asked.ToHashSet(), events.Select(e => e.ProducerIndex).ToHashSet());
        Assert.Equal("", processes.Ended());
    }

    [Fact]
    public async Task A_service_that_is_asked_to_stop_ends_in_order()
    {
        using var processes = await SeparateProcesses.StartAsync(
            demo.Platform.Local.Postgres, Biobank, Path.Combine(demo.FolderOf(Biobank), "biobank.yaml"), _ct);
        using var http = new HttpClient { BaseAddress = processes.Ports.Front };
        await AnsweredAsync(processes, http);

        foreach (var name in new[] { "node", "consent", "catalog", "metering", "gateway", "idbroker" })
        {
            Assert.Equal((name, 0), (name, await processes.TerminateAsync(name, _ct)));
        }
    }

    private async Task<NodeAnswer> AnsweredAsync(SeparateProcesses processes, HttpClient http) =>
        (await Eventually.SeesAsync(
            async () =>
            {
                Assert.Equal("", processes.Ended());
                return await AskAsync(processes, http);
            },
            answer => answer?.State == CountStates.Answered,
            _ct))!;

    /// <summary>Null while the platform is not up yet.</summary>
    private async Task<NodeAnswer?> AskAsync(SeparateProcesses processes, HttpClient http)
    {
        var question = new Question(Question.Everybody).ToJson();
        var reply = await SendAsync(processes, http, "sato", HttpMethod.Post, "api/catalog/searches", question);
        return reply is null
            ? null
            : Assert.Single((await reply.Content.ReadFromJsonAsync<SearchAnswer>(ServiceDefaultsExtensions.Json, _ct))!.Nodes!);
    }

    private async Task<IReadOnlyList<ListEvents.Item>> EventsAsync(SeparateProcesses processes, HttpClient http)
    {
        var reply = await SendAsync(processes, http, "ito", HttpMethod.Get, $"api/metering/events?producer={Uri.EscapeDataString(Audiences.Node(Biobank))}&order=oldest&limit=500", null);
        return reply is null ? [] : (await reply.Content.ReadFromJsonAsync<ListEvents.Response>(ServiceDefaultsExtensions.Json, _ct))!.Events;
    }

    private async Task<HttpResponseMessage?> SendAsync(
        SeparateProcesses processes, HttpClient http, string account, HttpMethod method, string path, string? json)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            request.Content = json is null ? null : new StringContent(json, System.Text.Encoding.UTF8, "application/json");
            request.Headers.Authorization = new("Bearer", await LocalTokens.GetAsync(processes.Folder, processes.Ports.Front, account, _ct));
            var reply = await http.SendAsync(request, _ct);
            return reply.StatusCode is HttpStatusCode.OK ? reply : null;
        }
        catch (Exception away) when (away is HttpRequestException or PlatformException or TokenRequestException)
        {
            return null;
        }
    }
}
