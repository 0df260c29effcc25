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
    private const int WarmUp = 200;
    private const int Rounds = 500;

    public static async Task RunAsync(
        PlatformFolder folder, Ports ports, double scale, int concurrency, TimeSpan duration, Figures figures, CancellationToken ct)
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
        await EngineAsync(platform, folder, files, scale, figures, steps, ct);
        await steps.RunAsync("Searches over the whole path", _ => WholePathAsync(platform, folder, concurrency, duration, figures, ct));
    }

    private static async Task EngineAsync(
        LocalPlatform platform, PlatformFolder folder, IReadOnlyList<string> files, double scale, Figures figures, Steps steps, CancellationToken ct)
    {
        var indexes = platform.Nodes.Select(node => node.Load.Current.Index!).ToList();
        figures.Add("engine.participants", indexes.Sum(index => (double)index.Participants), "participants");
        figures.Add("engine.bytes_per_participant", indexes.Sum(index => index.MemoryBytes) / (double)indexes.Sum(index => (long)index.Participants), "bytes");
        EngineBench.CpuMs(platform.Nodes, Questions.FiveClauses, WarmUp);
        var ours = await steps.RunAsync("Counting in the index", _ => Task.FromResult(
            Questions.All.ToDictionary(question => question, question => EngineBench.CpuMs(platform.Nodes, question, Rounds))));
        figures.Add(scale >= 10 ? "engine.count_cpu_ms_10x" : "engine.count_cpu_ms", ours[Questions.FiveClauses], "ms");
        if (scale > LargestScaleForSql)
        {
            steps.Say($"The comparison with PostgreSQL runs up to scale {LargestScaleForSql}.");
            return;
        }

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

            var name = question == Questions.FiveClauses ? "" : $"_{question.Name.Replace(' ', '_')}";
            figures.Add($"postgres.count_cpu_ms{name}", cpuMs, "ms");
            figures.Add($"engine.vs_postgres{name}", cpuMs / ours[question], "×");
            if (name.Length > 0)
            {
                figures.Add($"engine.count_cpu_ms{name}", ours[question], "ms");
            }
        }
    }

    private static async Task WholePathAsync(
        LocalPlatform platform, PlatformFolder folder, int concurrency, TimeSpan duration, Figures figures, CancellationToken ct)
    {
        var body = SampleQuestion.Body;
        body["cohort"] = JsonNode.Parse(Questions.FiveClauses.Cohort);
        var text = body.ToJsonString(ServiceDefaultsExtensions.Json);
        using var client = new HttpClient { BaseAddress = platform.Front };
        client.DefaultRequestHeaders.Authorization = new(
            "Bearer", await LocalTokens.GetAsync(folder, platform.Front, SearchCommand.DefaultAccount, ct));
        await LatenciesAsync(SearchAsync, 1, TimeSpan.FromSeconds(3), ct);

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
