using Kakehashi.TestKit;

namespace Kakehashi.Adapters.Tests;

public sealed class ProbeTests
{
    [Fact]
    public async Task Probe()
    {
        var root = Shared.RepositoryRoot();
        var shared = Environment.GetEnvironmentVariable("PROBE_SHARED")!;
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await OmopSample.LoadAsync(database.ConnectionString, shared + "/data/omop-gibleed", TestContext.Current.CancellationToken);
        foreach (var name in new[] { "cineca-1000g", "omop-gibleed" })
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var o = await Outcome.OfAsync(BiobankFile.Load($"{root}/deploy/biobanks/{name}.yaml", v => v == "KAKEHASHI_SHARED" ? shared : database.ConnectionString));
            Console.WriteLine($"{name} {clock.ElapsedMilliseconds} ms people {o.Sink.People.Count} codes {o.Sink.CodeEntries.Count} anc {o.Sink.Ancestors.Count}");
            Console.WriteLine(string.Join("\n", o.Report.Sources));
            Console.WriteLine(string.Join("\n", o.Report.Faults.Select(f => $"{f.Source} | {f.Column} | {f.Code} | {f.Text} | {f.Rows} | {string.Join(",", f.FirstLines)}")));
            Console.WriteLine(string.Join("\n", o.Sink.Breaches.Distinct()));
            Console.WriteLine(string.Join(" ", o.Sink.Held));
        }
    }
}
