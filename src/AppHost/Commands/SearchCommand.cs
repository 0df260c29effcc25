using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kakehashi.AppHost.Platform;
using Kakehashi.AppHost.SignIn;

namespace Kakehashi.AppHost.Commands;

/// <summary>Asks one question across biobanks and prints the answer as a table, or as JSON.</summary>
internal static class SearchCommand
{
    public const string DefaultAccount = "sato";

    public static Command Create()
    {
        var cohort = new Argument<string>("cohort") { Description = "Cohort definition: a file, '-' for standard input, or JSON" };
        var purpose = new Option<string>("--purpose") { Description = "GRU, HMB, DS, POA or MDS; or a whole purpose as JSON", Required = true };
        var disease = new Option<string[]>("--disease") { Description = "Disease under study (DS), e.g. ICD10:E11; may be repeated" };
        var commercial = new Option<bool>("--commercial") { Description = "The use is commercial" };
        var country = new Option<string>("--country") { Description = "Where the result goes", DefaultValueFactory = _ => "JP" };
        var ethics = new Option<bool>("--ethics") { Description = "An ethics committee has approved the research" };
        var collaboration = new Option<bool>("--collaboration") { Description = "In collaboration with the biobank's investigators" };
        var publication = new Option<bool>("--publication") { Description = "The results will be published" };
        var by = new Option<string[]>("--by") { Description = "Break down by sex, age, biosample, data, …; at most two" };
        var biobank = new Option<string[]>("--biobank") { Description = "Ask only this biobank; may be repeated" };
        var project = new Option<string>("--project") { Description = "Ask for this project" };
        var account = new Option<string?>("--as") { Description = $"Demo account that asks; left out: who signed in here, else {DefaultAccount}" };
        var (url, data, json) = (CommonOptions.Url(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command("search", "Ask how many participants a cohort has, across biobanks")
        {
            cohort, purpose, disease, commercial, country, ethics, collaboration, publication, by, biobank, project, account, url, data, json,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var body = new JsonObject
            {
                ["cohort"] = Parse(await ReadAsync(parsed.GetRequiredValue(cohort), ct), "cohort definition"),
                ["purpose"] = parsed.GetRequiredValue(purpose) is ['{', ..] whole
                    ? Parse(whole, "purpose")
                    : new JsonObject
                    {
                        ["use"] = parsed.GetRequiredValue(purpose).ToUpperInvariant(),
                        ["diseases"] = Texts(parsed.GetValue(disease)),
                        ["commercial"] = parsed.GetValue(commercial),
                        ["country"] = parsed.GetValue(country),
                        ["ethicsApproval"] = parsed.GetValue(ethics),
                        ["collaboration"] = parsed.GetValue(collaboration),
                        ["publication"] = parsed.GetValue(publication),
                    },
                ["breakdown"] = Texts(parsed.GetValue(by)),
            };
            if (parsed.GetValue(biobank) is { Length: > 0 } only)
            {
                body["biobanks"] = Texts(only);
            }

            if (parsed.GetValue(project) is { } named)
            {
                body["project"] = named;
            }

            var front = CommonOptions.FrontOf(parsed, url, data);
            var caller = await CallerAsync(front, parsed.GetValue(url) is null ? CommonOptions.FolderOf(parsed, data) : null, parsed.GetValue(account), ct);
            return await SearchView.AskAsync(front, caller, body, parsed.GetValue(json), ct) ? 0 : 1;
        });
        return command;
    }

    /// <summary>Who asks: the demo account that was named, else the person signed in there, else whoever may without signing in.</summary>
    private static async Task<Caller> CallerAsync(Uri front, PlatformFolder? local, string? account, CancellationToken ct)
    {
        if (local is not null && account is not null)
        {
            return new(await LocalTokens.GetAsync(local, front, account, ct));
        }

        if (Environment.GetEnvironmentVariable("KAKEHASHI_TOKEN") is { Length: > 0 } token && local is null)
        {
            return new(token);
        }

        return (await Person.FindAsync(front, ct))?.Caller ?? (local is not null
            ? new(await LocalTokens.GetAsync(local, front, DefaultAccount, ct))
            : throw new PlatformException($"Sign in first: ./kakehashi sign-in --url {front}, or set KAKEHASHI_TOKEN to an access token of that platform."));
    }

    private static async Task<string> ReadAsync(string cohort, CancellationToken ct) => cohort switch
    {
        "-" => await Console.In.ReadToEndAsync(ct),
        _ when cohort.TrimStart() is ['{', ..] => cohort,
        _ when File.Exists(cohort) => await File.ReadAllTextAsync(cohort, ct),
        _ => throw new PlatformException($"There is no file {cohort}. A cohort definition is a file, '-' or JSON such as '{{\"condition\": \"ICD10:E11\"}}'."),
    };

    private static JsonNode? Parse(string text, string what)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException broken)
        {
            throw new PlatformException($"The {what} is not JSON: line {broken.LineNumber + 1}, position {broken.BytePositionInLine + 1}.", broken);
        }
    }

    private static JsonArray Texts(string[]? texts) => [.. (texts ?? []).Select(text => JsonValue.Create(text))];
}
