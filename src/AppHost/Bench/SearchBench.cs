using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kakehashi.AppHost.Commands;
using Kakehashi.AppHost.Platform;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.AppHost.Bench;

/// <summary>Loads the demo biobanks, counts in them, and searches them over the whole path, beside PostgreSQL in the same run.</summary>
internal static class SearchBench
{
    private const double LargestScaleForSql = 2;
    private const int WarmUp = 1000;
    private const int Rounds = 500;

    public static async Task RunAsync(
        PlatformFolder folder, Ports ports, double scale, bool withSql, int concurrency, TimeSpan duration, Figures figures, CancellationToken ct)
    {
        var steps = new Steps();
        ports.RequireFree();
        await using var postgres = await PostgresCluster.StartAsync(folder, ports.Postgres, fast: false, ct);
        var files = await UpCommand.DemoFilesAsync(folder, scale, steps, ct);
        DeleteSnapshots(folder);
        await using (var first = await LocalPlatform.StartAsync(folder, postgres, ports, files, steps, ct, LocalPlatform.Unlimited))
        {
            figures.Add("engine.load_s", first.LoadTime.TotalSeconds, "s");
            await first.UntilSnapshotsAsync(ct);
        }

        await using var platform = await LocalPlatform.StartAsync(folder, postgres, ports, files, steps, ct, LocalPlatform.Unlimited);
        figures.Add("engine.restart_s", platform.LoadTime.TotalSeconds, "s");
        await platform.UntilNodesAnswerAsync(ct);
        var ours = await steps.RunAsync("Counting in the index", _ => Task.FromResult(CountAlone(platform, scale, figures)));
        await steps.RunAsync("Searches over the whole path", _ => WholePathAsync(platform, folder, concurrency, duration, figures, ct));

        // Last: writing the copy keeps the disk busy, which the ledgers' syncs would feel.
        if (withSql && scale <= LargestScaleForSql)
        {
            await CompareAsync(platform, folder, files, ours, figures, steps, ct);
        }
        else
        {
            steps.Say($"Without the comparison with PostgreSQL, which runs up to scale {LargestScaleForSql}.");
        }
    }

    private static Dictionary<Question, double> CountAlone(LocalPlatform platform, double scale, Figures figures)
    {
        var indexes = platform.Nodes.Select(node => node.Load.Current.Index!).ToList();
        var participants = indexes.Sum(index => (double)index.Participants);
        figures.Add("engine.participants", participants, "participants");
        figures.Add("engine.bytes_per_participant", indexes.Sum(index => index.MemoryBytes) / participants, "bytes");
        EngineBench.CpuMs(platform.Nodes, Questions.FiveClauses, WarmUp);
        var ours = Questions.All.ToDictionary(question => question, question => EngineBench.CpuMs(platform.Nodes, question, Rounds));
        foreach (var (question, cpuMs) in ours)
        {
            figures.Add($"engine.count_cpu_ms{(scale >= 10 ? "_10x" : "")}{Suffix(question)}", cpuMs, "ms");
        }

        return ours;
    }

    private static async Task CompareAsync(
        LocalPlatform platform, PlatformFolder folder, IReadOnlyList<string> files, Dictionary<Question, double> ours, Figures figures, Steps steps, CancellationToken ct)
    {
        await using var copy = await steps.RunAsync(
            "A normalised PostgreSQL copy", at => SqlCopy.BuildAsync(platform.Postgres, folder, files, at, ct));
        var datasets = platform.Nodes.SelectMany(node => EngineBench.Permitted(node).Select(dataset => $"{node.Id}/{dataset}")).ToList();
        foreach (var question in Questions.All)
        {
            var (count, cpuMs) = await steps.RunAsync($"SQL: {question.Name}", _ => copy.AskAsync(question, datasets, ct));
            var exact = EngineBench.Exact(platform.Nodes, question);
            if (count != exact)
            {
                throw new PlatformException($"The index counts {exact} participants for '{question.Name}', PostgreSQL {count}.");
            }

            figures.Add($"postgres.count_cpu_ms{Suffix(question)}", cpuMs, "ms");
            figures.Add($"engine.vs_postgres{Suffix(question)}", cpuMs / ours[question], "×");
        }
    }

    private static string Suffix(Question question) => question == Questions.FiveClauses ? "" : $"_{question.Name.Replace(' ', '_')}";

    private static async Task WholePathAsync(
        LocalPlatform platform, PlatformFolder folder, int concurrency, TimeSpan duration, Figures figures, CancellationToken ct)
    {
        var body = SampleQuestion.Body;
        body["cohort"] = JsonNode.Parse(Questions.FiveClauses.Cohort);
        var text = body.ToJsonString(ServiceDefaultsExtensions.Json);
        using var client = new HttpClient { BaseAddress = platform.Front };
        client.DefaultRequestHeaders.Authorization = new(
            "Bearer", await LocalTokens.GetAsync(folder, platform.Front, SearchCommand.DefaultAccount, ct));
        await LatenciesAsync(SearchAsync, 4, duration, ct); // until the runtime has optimised what a search runs through

        var alone = await LatenciesAsync(SearchAsync, 1, duration, ct);
        figures.Add("search.p50_ms", Figures.Quantile(alone, 0.5), "ms");
        figures.Add("search.p99_ms", Figures.Quantile(alone, 0.99), "ms");
        var started = Stopwatch.GetTimestamp();
        var together = await LatenciesAsync(SearchAsync, concurrency, duration, ct);
        figures.Add("search.per_s", together.Length / Stopwatch.GetElapsedTime(started).TotalSeconds, $"searches/s at {concurrency}");
        figures.Add($"search.p99_ms_at_{concurrency}", Figures.Quantile(together, 0.99), "ms");

        var node = platform.Nodes[0].Id;
        await LatenciesAsync(TunnelAsync, 1, TimeSpan.FromSeconds(1), ct);
        figures.Add("tunnel.p50_ms", Figures.Quantile(await LatenciesAsync(TunnelAsync, 1, duration, ct), 0.5), "ms");

        async Task SearchAsync()
        {
            using var content = new StringContent(text, Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(new Uri("api/catalog/searches", UriKind.Relative), content, ct);
            var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct))!;
            if (!answer.IsSuccessStatusCode || json["nodes"]!.AsArray().Any(node => node!["ledgerIndex"] is null))
            {
                throw new PlatformException($"A search was not answered by all nodes: {json.ToJsonString()}");
            }
        }

        async Task TunnelAsync()
        {
            using var answer = await client.GetAsync(new Uri(platform.Back, $"nodes/{node}/health"), ct);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Milliseconds of each call, sorted; as many callers as given, each with its next call as soon as it has an answer.</summary>
    private static async Task<double[]> LatenciesAsync(Func<Task> call, int callers, TimeSpan duration, CancellationToken ct)
    {
        var until = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var mine = new List<double>();
            while (Stopwatch.GetTimestamp() < until)
            {
                var started = Stopwatch.GetTimestamp();
                await call();
                mine.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return mine;
        }, ct)));
        return [.. times.SelectMany(mine => mine).Order()];
    }

    private static void DeleteSnapshots(PlatformFolder folder)
    {
        foreach (var snapshot in Directory.EnumerateFiles(folder.Private("nodes"), "index.snapshot", SearchOption.AllDirectories))
        {
            File.Delete(snapshot);
        }
    }
}
