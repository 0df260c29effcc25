using System.Text.Json;
using System.Text.Json.Nodes;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.ServiceDefaults;
using Spectre.Console;

namespace Kakehashi.AppHost.Commands;

/// <summary>Clients, and refusals, as an operator reads them.</summary>
internal static class ClientView
{
    private static readonly JsonSerializerOptions Indented = new(ServiceDefaultsExtensions.Json) { WriteIndented = true };

    public static void Show(IReadOnlyList<RegisteredClient> clients)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("client", "name", "may", "key", "kept by", "");
        foreach (var client in clients)
        {
            table.AddRow(
                Markup.Escape(client.Id),
                Markup.Escape(client.Name),
                Markup.Escape(string.Join(", ", client.Grants.Concat(client.Permissions))),
                Markup.Escape(client.PublicKey is { } key && key.TryGetProperty("kid", out var kid) ? kid.GetString()![..8] + "…" : "public"),
                client.ManagedBy,
                client.Enabled ? "" : "[red]disabled[/]");
        }

        AnsiConsole.Write(table);
    }

    public static void Print(JsonElement answer) => Console.WriteLine(JsonSerializer.Serialize(answer, Indented));

    /// <summary>What is wrong, where, and what would be accepted.</summary>
    public static string Refusal(string problem, int status)
    {
        try
        {
            var node = JsonNode.Parse(problem);
            var texts = new[] { node?["title"], node?["detail"], node?["pointer"], node?["path"] }.Select(text => text?.ToString()).Where(text => !string.IsNullOrEmpty(text));
            return $"{string.Join(" ", texts)} ({node?["type"] ?? status})";
        }
        catch (JsonException)
        {
            return $"The platform answered with status {status}."; // not one of ours: a proxy on the way
        }
    }
}
