using System.CommandLine;
using Kakehashi.AppHost.Bench;

namespace Kakehashi.AppHost.Commands;

/// <summary>Measures the platform on this machine, by fixed names.</summary>
internal static class BenchCommand
{
    private const int Port = 5800;

    public static Command Create() => new("bench", "Measure the platform on this machine") { Setup(), Search(), Auth() };

    private static Command Setup()
    {
        var json = CommonOptions.Json();
        var command = new Command("setup", "From a clean clone to the first answer") { json };
        command.SetAction(async (parsed, ct) =>
        {
            var figures = new Figures();
            await SetupBench.RunAsync(new(Port), figures, ct);
            figures.Print(parsed.GetValue(json));
        });
        return command;
    }

    private static Command Search()
    {
        var scale = new Option<double>("--scale") { Description = "Size of the demo biobanks; 1 is 640,000 participants", DefaultValueFactory = _ => 1 };
        var concurrency = new Option<int>("--concurrency") { Description = "Callers for search.per_s", DefaultValueFactory = _ => 16 };
        var seconds = new Option<int>("--seconds") { Description = "How long each latency is measured", DefaultValueFactory = _ => 10 };
        var noSql = new Option<bool>("--no-sql") { Description = "Leave out the comparison with PostgreSQL" };
        var data = new Option<string>("--data") { Description = "Folder of the benchmark's platform", DefaultValueFactory = _ => Path.Combine(CommonOptions.Home, ".data", "bench") };
        var json = CommonOptions.Json();
        var command = new Command("search", "Loading, counting, and searching over the whole path, beside PostgreSQL") { scale, concurrency, seconds, noSql, data, json };
        command.SetAction(async (parsed, ct) =>
        {
            var figures = new Figures();
            await SearchBench.RunAsync(
                CommonOptions.FolderOf(parsed, data),
                new(Port),
                parsed.GetValue(scale),
                withSql: !parsed.GetValue(noSql),
                parsed.GetValue(concurrency),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                figures,
                ct);
            figures.Print(parsed.GetValue(json));
        });
        return command;
    }

    private static Command Auth()
    {
        var concurrency = new Option<int>("--concurrency") { Description = "Callers at once", DefaultValueFactory = _ => 16 };
        var seconds = new Option<int>("--seconds") { Description = "How long tokens are asked for", DefaultValueFactory = _ => 5 };
        var data = new Option<string>("--data") { Description = "Folder of the benchmark's platform", DefaultValueFactory = _ => Path.Combine(CommonOptions.Home, ".data", "bench-auth") };
        var json = CommonOptions.Json();
        var command = new Command("auth", "Issuing and verifying access tokens") { concurrency, seconds, data, json };
        command.SetAction(async (parsed, ct) =>
        {
            var figures = new Figures();
            await AuthBench.RunAsync(
                CommonOptions.FolderOf(parsed, data),
                new(Port),
                parsed.GetValue(concurrency),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                figures,
                ct);
            figures.Print(parsed.GetValue(json));
        });
        return command;
    }
}
