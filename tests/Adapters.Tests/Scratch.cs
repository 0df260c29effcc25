using System.Text;

namespace Kakehashi.Adapters.Tests;

/// <summary>A folder of a test's own, deleted at the end.</summary>
public sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("adapters-").FullName;

    public string Write(string name, string text, Encoding? encoding = null)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text, encoding ?? new UTF8Encoding(false));
        return path;
    }

    /// <summary>A biobank.yaml with the given csv section (indented by two).</summary>
    public Biobank Biobank(string csv, Func<string, string?>? variable = null) => BiobankFile.Load(
        Write(
            "biobank.yaml",
            $"""
            id: small
            name: Small biobank
            nameJa: 小さなバイオバンク
            dataDate: 2026-04-01
            model: csv
            disclosure: standard
            datasets:
              - id: first
                terms: [DUO:0000042]
            csv:
            {string.Join('\n', csv.Split('\n').Select(line => "  " + line))}
            """),
        variable);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>What a read gave: the sink and the report.</summary>
public sealed record Outcome(Collector Sink, LoadReport Report)
{
    public static async Task<Outcome> OfAsync(Biobank biobank)
    {
        var sink = new Collector();
        await using var adapter = biobank.OpenAdapter();
        var report = await adapter.ReadAsync(sink, TestContext.Current.CancellationToken);
        return new(sink, report);
    }

    public LoadFault Fault(string code) => Assert.Single(Report.Faults, f => f.Code == code);
}
