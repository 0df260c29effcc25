using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kakehashi.AppHost.Platform;
using Kakehashi.AppHost.SignIn;
using Kakehashi.Catalog.Searches;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Spectre.Console;

namespace Kakehashi.AppHost.Commands;

/// <summary>Puts a question to a platform and shows what came back.</summary>
internal static class SearchView
{
    private static readonly JsonSerializerOptions Indented = new(ServiceDefaultsExtensions.Json) { WriteIndented = true };

    /// <summary>False when the platform refused the question.</summary>
    public static async Task<bool> AskAsync(Uri front, Caller caller, JsonObject body, bool json, CancellationToken ct)
    {
        using var client = new HttpClient();
        using var request = caller.Request(HttpMethod.Post, new(front, "api/catalog/searches"), JsonContent.Create(body));
        using var answer = await client.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(JsonNode.Parse(text), Indented));
        }
        else if (answer.IsSuccessStatusCode)
        {
            Show(JsonSerializer.Deserialize<SearchAnswer>(text, ServiceDefaultsExtensions.Json)!);
        }
        else
        {
            ShowProblem(JsonNode.Parse(text));
        }

        return answer.IsSuccessStatusCode;
    }

    private static void Show(SearchAnswer answer)
    {
        var nodes = new Table().Border(TableBorder.Simple)
            .AddColumn("biobank").AddColumn(new TableColumn("participants").RightAligned()).AddColumn("data of").AddColumn(new TableColumn("ms").RightAligned()).AddColumn("");
        foreach (var node in answer.Nodes!.OrderBy(n => n.Node, StringComparer.Ordinal))
        {
            nodes.AddRow(
                Markup.Escape(node.Name),
                node.Count is { } count ? Cell(count) : "[dim]–[/]",
                node.Freshness is { } freshness ? freshness.DataDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "",
                node.RoundTripMs.ToString("N1", CultureInfo.InvariantCulture),
                Markup.Escape(string.Join('\n', node.Reasons.Select(reason => reason.Text).Prepend(node.State == CountStates.Answered ? "" : node.State).Where(t => t.Length > 0))));
        }

        AnsiConsole.Write(nodes);
        var total = answer.Total;
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"[bold]{(total.Value is { } sum ? $"{sum:N0} participants" : "No number")}[/] from {total.Answered} of {total.Asked} biobanks{(total.Complete ? "" : " (the others are not in the sum)")}, {answer.ElapsedMs:N1} ms");
        ShowBreakdown(answer);
        AnsiConsole.MarkupLineInterpolated($"[dim]Numbers are rounded and small ones withheld at each biobank; people enrolled twice count twice. Cohort {answer.CohortId[..16]}…[/]");
    }

    private static void ShowBreakdown(SearchAnswer answer)
    {
        if (answer.Breakdown is not [var first, ..])
        {
            return;
        }

        var axes = first.Keys.Keys.ToList();
        var columns = answer.Breakdown.Select(cell => cell.Keys[axes[0]]).Distinct().ToList();
        var table = new Table().Border(TableBorder.Simple).AddColumn(Markup.Escape(string.Join(" × ", Enumerable.Reverse(axes))));
        if (axes.Count == 1)
        {
            table.AddColumn(new TableColumn("participants").RightAligned());
            foreach (var cell in answer.Breakdown)
            {
                table.AddRow(Markup.Escape(cell.Keys[axes[0]]), Cell(cell, answer.Total.Answered));
            }
        }
        else
        {
            columns.ForEach(column => table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned()));
            foreach (var row in answer.Breakdown.GroupBy(cell => cell.Keys[axes[1]]))
            {
                table.AddRow([Markup.Escape(row.Key), .. columns.Select(column =>
                    row.FirstOrDefault(cell => cell.Keys[axes[0]] == column) is { } cell ? Cell(cell, answer.Total.Answered) : "")]);
            }
        }

        AnsiConsole.Write(table);
        if (answer.Breakdown.Any(cell => cell.Nodes < answer.Total.Answered))
        {
            AnsiConsole.MarkupLine("[dim]* not all biobanks that answered released this cell   – none did[/]");
        }
    }

    private static string Cell(ProtectedCount count) =>
        count.Value is { } value ? value.ToString("N0", CultureInfo.InvariantCulture) : $"[yellow]{Markup.Escape(count.Withheld!)}[/]";

    private static string Cell(TotalCell cell, int answered) => cell.Value is { } value
        ? string.Create(CultureInfo.InvariantCulture, $"{value:N0}{(cell.Nodes < answered ? "*" : " ")}")
        : "– ";

    private static void ShowProblem(JsonNode? problem)
    {
        AnsiConsole.MarkupLineInterpolated($"[red]{problem?["title"]?.GetValue<string>() ?? "The platform refused the question."}[/]");
        foreach (var (label, member) in new[] { ("where", "pointer"), ("help", "detail"), ("code", "type") })
        {
            if (problem?[member]?.GetValue<string>() is { Length: > 0 } text)
            {
                AnsiConsole.MarkupLineInterpolated($"  {label}: {text}");
            }
        }
    }
}
