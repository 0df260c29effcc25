using Spectre.Console;

namespace Kakehashi.AppHost.Platform;

/// <summary>What each node read, and what it could not use, in a few lines a person can act on.</summary>
internal static class LoadReports
{
    private const int MostLines = 6;

    public static void Show(IReadOnlyList<LocalNode> nodes)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("biobank").AddColumn(new TableColumn("participants").RightAligned()).AddColumn(new TableColumn("MB").RightAligned())
            .AddColumn(new TableColumn("s").RightAligned()).AddColumn("read from").AddColumn("faults");
        foreach (var node in nodes)
        {
            var (index, took, restored) = (node.Load.Current.Index!, node.Load.Current.Took, node.Load.Current.Restored);
            var faults = index.Report.Faults;
            table.AddRow(
                Markup.Escape(node.Id),
                $"{index.Participants:N0}",
                $"{index.MemoryBytes / 1e6:N1}",
                $"{took.TotalSeconds:N1}",
                restored ? "snapshot" : "biobank",
                Markup.Escape(faults.Count == 0 ? "none" : string.Join('\n', faults.OrderByDescending(f => f.Rows).Take(MostLines).Select(f => $"{f.Source}{(f.Column is null ? "" : $", {f.Column}")}: {f.Text} ({f.Rows:N0} rows)"))
                    + (faults.Count > MostLines ? $"\n… {faults.Count - MostLines} more: ./kakehashi node report {node.Id}" : "")));
        }

        AnsiConsole.Write(table);
    }
}
