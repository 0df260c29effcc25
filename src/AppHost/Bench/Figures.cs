using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Kakehashi.AppHost.Bench;

/// <summary>One measured figure; the same name always means the same thing.</summary>
public sealed record Figure(string Name, double Value, string Unit);

/// <summary>What a benchmark measured, with the goals, as a table for a person or one JSON object for a program.</summary>
public sealed class Figures
{
    /// <summary>Upper bounds ("at most") are positive infinity on the left, lower bounds on the right.</summary>
    private static readonly Dictionary<string, (double AtLeast, double AtMost)> Goals = new()
    {
        ["setup.first_answer_s"] = (0, 300),
        ["engine.count_cpu_ms"] = (0, 0.2),
        ["engine.vs_postgres"] = (1000, double.PositiveInfinity),
        ["engine.bytes_per_participant"] = (0, 100),
        ["engine.load_s"] = (0, 60),
        ["engine.restart_s"] = (0, 5),
        ["search.p50_ms"] = (0, 5),
        ["search.p99_ms"] = (0, 30),
        ["search.per_s"] = (500, double.PositiveInfinity),
        ["tunnel.p50_ms"] = (0, 0.4),
        ["auth.token_per_s"] = (500, double.PositiveInfinity),
        ["auth.verify_us"] = (0, 200),
        ["auth.verify_per_s_core"] = (5000, double.PositiveInfinity),
    };

    private readonly List<Figure> _figures = [];

    public void Add(string name, double value, string unit) => _figures.Add(new(name, value, unit));

    public void Print(bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new { figures = _figures, machine = Machine(), at = TimeProvider.System.GetUtcNow(), commit = Commit() },
                JsonSerializerOptions.Web));
            return;
        }

        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("figure").AddColumn(new TableColumn("value").RightAligned()).AddColumn("unit").AddColumn("goal").AddColumn("");
        foreach (var figure in _figures)
        {
            var (goal, verdict) = Goals.TryGetValue(figure.Name, out var g)
                ? (double.IsInfinity(g.AtMost) ? $"≥ {g.AtLeast}" : $"≤ {g.AtMost}", figure.Value >= g.AtLeast && figure.Value <= g.AtMost ? "[green]met[/]" : "[red]missed[/]")
                : ("", "");
            table.AddRow(Markup.Escape(figure.Name), Text(figure.Value), Markup.Escape(figure.Unit), goal, verdict);
        }

        AnsiConsole.Write(table);
    }

    /// <summary>The value below which the given share of the measurements lies.</summary>
    public static double Quantile(double[] sorted, double share) => sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];

    private static string Text(double value) => value.ToString(value >= 100 ? "N0" : value >= 1 ? "N2" : "G3", CultureInfo.InvariantCulture);

    private static object Machine() => new
    {
        cores = Environment.ProcessorCount,
        memoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        system = System.Runtime.InteropServices.RuntimeInformation.OSDescription,
        runtime = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
    };

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["rev-parse", "--short", "HEAD"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Commands.CommonOptions.Home,
        })!;
        return git.StandardOutput.ReadToEnd().Trim();
    }
}
