using System.Text.Json.Nodes;
using Kakehashi.AppHost.Platform;
using Spectre.Console;

namespace Kakehashi.AppHost.Commands;

/// <summary>The question with which a new platform shows that it works: through the Gateway, like anybody's.</summary>
internal static class SampleQuestion
{
    public const string Text = """{"all": [{"condition": "ICD10:E11"}, {"age": {"from": 50, "to": 70}}, {"biosample": "dna"}]}""";

    public static JsonObject Body => new()
    {
        ["cohort"] = JsonNode.Parse(Text),
        ["purpose"] = new JsonObject { ["use"] = "HMB", ["diseases"] = new JsonArray(), ["ethicsApproval"] = true, ["publication"] = true },
        ["breakdown"] = new JsonArray("sex", "age"),
    };

    public static async Task AskAsync(LocalPlatform platform, PlatformFolder folder, CancellationToken ct)
    {
        await platform.UntilNodesAnswerAsync(ct);
        AnsiConsole.MarkupLine("A first question: people with type 2 diabetes (ICD10:E11), 50 to 69 years old, with DNA, for biomedical research:");
        var token = await LocalTokens.GetAsync(folder, platform.Front, SearchCommand.DefaultAccount, ct);
        await SearchView.AskAsync(platform.Front, new(token), Body, json: false, ct);
    }
}
