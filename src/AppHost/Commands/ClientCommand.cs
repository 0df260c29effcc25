using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kakehashi.AppHost.Platform;
using Kakehashi.AppHost.SignIn;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.ServiceDefaults;
using Spectre.Console;

namespace Kakehashi.AppHost.Commands;

/// <summary>What an operator does with the clients of a running platform, by default the one on this machine.</summary>
internal sealed class ClientCommand
{
    private const string Operator = "watanabe";

    private readonly Option<string?> _url = CommonOptions.Url();
    private readonly Option<string?> _token = new("--token")
    {
        Description = "An operator's access token for the platform at --url; left out: who signed in with ./kakehashi sign-in",
    };

    private readonly Option<string> _data = CommonOptions.Data();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Argument<string> _id = new("id") { Description = "The client's id" };

    private ClientCommand()
    {
    }

    public static Command Create()
    {
        var commands = new ClientCommand();
        return new("client", "Look after the programs that may ask for tokens")
        {
            commands.List(), commands.Show(), commands.Set(), commands.Key(), commands.Disable(),
        };
    }

    private Command List()
    {
        var command = new Command("list", "List all clients") { _url, _token, _data, _json };
        command.SetAction(async (parsed, ct) =>
        {
            var answer = await AskAsync(parsed, HttpMethod.Get, "clients", null, ct);
            if (!parsed.GetValue(_json))
            {
                ClientView.Show(answer.Deserialize<ListClients.Response>(ServiceDefaultsExtensions.Json)!.Clients);
                return;
            }

            ClientView.Print(answer);
        });
        return command;
    }

    private Command Show()
    {
        var command = new Command("show", "Print a client's entry") { _id, _url, _token, _data };
        command.SetAction(async (parsed, ct) => ClientView.Print(await AskAsync(parsed, HttpMethod.Get, At(parsed), null, ct)));
        return command;
    }

    private Command Set()
    {
        var file = new Argument<string>("file") { Description = "JSON like one entry of the clients file; '-' for standard input" };
        var command = new Command("set", "Register a client, change it, or take a disabled one back") { file, _url, _token, _data };
        command.SetAction(async (parsed, ct) =>
        {
            var entry = Parse(await ReadAsync(parsed.GetRequiredValue(file), ct));
            var id = (entry["id"] as JsonValue)?.TryGetValue<string>(out var text) == true ? text : throw new PlatformException("The entry has no id.");
            Done(await AskAsync(parsed, HttpMethod.Put, $"clients/{Uri.EscapeDataString(id)}", entry, ct));
        });
        return command;
    }

    private Command Key()
    {
        var file = new Argument<string>("file") { Description = "PEM with an EC P-256 public key, or a JWK; '-' for standard input" };
        var command = new Command("key", "Give a client a new key; the old one proves nothing from then on") { _id, file, _url, _token, _data };
        command.SetAction(async (parsed, ct) =>
        {
            var text = await ReadAsync(parsed.GetRequiredValue(file), ct);
            JsonNode key = text.TrimStart() is ['{', ..] ? Parse(text) : JsonValue.Create(text);
            Done(await AskAsync(parsed, HttpMethod.Post, $"{At(parsed)}/key", new JsonObject { ["publicKey"] = key }, ct));
        });
        return command;
    }

    private Command Disable()
    {
        var command = new Command("disable", "Shut a client out at once; setting it anew takes it back") { _id, _url, _token, _data };
        command.SetAction(async (parsed, ct) => Done(await AskAsync(parsed, HttpMethod.Post, $"{At(parsed)}/disabled", null, ct)));
        return command;
    }

    private string At(ParseResult parsed) => $"clients/{Uri.EscapeDataString(parsed.GetRequiredValue(_id))}";

    private static void Done(JsonElement answer)
    {
        var client = answer.Deserialize<RegisteredClient>(ServiceDefaultsExtensions.Json)!;
        AnsiConsole.MarkupLineInterpolated($"[green]✓[/] {client.Id} is {(client.Enabled ? "registered" : "disabled")}.");
    }

    private async Task<JsonElement> AskAsync(ParseResult parsed, HttpMethod method, string path, JsonNode? body, CancellationToken ct)
    {
        var front = CommonOptions.FrontOf(parsed, _url, _data);
        var caller = await CallerAsync(parsed, front, ct);
        using var http = new HttpClient();
        using var request = caller.Request(method, new(front, $"api/id/{path}"), body is null ? null : JsonContent.Create(body));
        using var answer = await http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new PlatformException(ClientView.Refusal(text, (int)answer.StatusCode));
    }

    private async Task<Caller> CallerAsync(ParseResult parsed, Uri front, CancellationToken ct)
    {
        if (parsed.GetValue(_token) is { } token)
        {
            return new(token);
        }

        return parsed.GetValue(_url) is null
            ? new(await LocalTokens.GetAsync(CommonOptions.FolderOf(parsed, _data), front, Operator, ct))
            : (await Person.FindAsync(front, ct))?.Caller ?? throw new PlatformException($"Sign in first: ./kakehashi sign-in --url {front}, or give --token.");
    }

    private static async Task<string> ReadAsync(string file, CancellationToken ct) => file switch
    {
        "-" => await Console.In.ReadToEndAsync(ct),
        _ when File.Exists(file) => await File.ReadAllTextAsync(file, ct),
        _ => throw new PlatformException($"There is no file {file}."),
    };

    private static JsonNode Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new PlatformException("The entry is not a JSON object.");
        }
        catch (JsonException broken)
        {
            throw new PlatformException($"The entry is not JSON: line {broken.LineNumber + 1}, position {broken.BytePositionInLine + 1}.", broken);
        }
    }
}
