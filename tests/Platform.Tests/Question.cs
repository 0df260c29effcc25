using System.Text.Json.Nodes;

namespace Kakehashi.Platform.Tests;

/// <summary>A search, as a researcher would send it.</summary>
public sealed record Question(string Cohort)
{
    public const string Everybody = """{"any":[{"sex":"female"},{"sex":"male"}]}""";

    public string Use { get; init; } = "HMB";

    public bool Commercial { get; init; }

    public bool EthicsApproval { get; init; } = true;

    public string Country { get; init; } = "JP";

    public string? Project { get; init; }

    public IReadOnlyList<string> Breakdown { get; init; } = [];

    public IReadOnlyList<string> Biobanks { get; init; } = [];

    public string ToJson()
    {
        var body = new JsonObject
        {
            ["cohort"] = JsonNode.Parse(Cohort),
            ["purpose"] = new JsonObject
            {
                ["use"] = Use,
                ["commercial"] = Commercial,
                ["country"] = Country,
                ["ethicsApproval"] = EthicsApproval,
            },
            ["breakdown"] = Names(Breakdown),
        };
        if (Biobanks.Count > 0)
        {
            body["biobanks"] = Names(Biobanks);
        }

        if (Project is not null)
        {
            body["project"] = Project;
        }

        return body.ToJsonString();
    }

    private static JsonArray Names(IEnumerable<string> names) => [.. names.Select(name => JsonValue.Create(name))];
}
