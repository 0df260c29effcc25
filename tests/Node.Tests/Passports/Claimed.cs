using System.Text.Json.Nodes;

namespace Kakehashi.Node.Tests.Passports;

/// <summary>A visa as somebody claims it, before signing: for tests that make many of them.</summary>
internal sealed record Claimed(string Issuer, string Subject, string Type, string Value)
{
    public const long Now = 1_800_000_000;
    public const string First = "https://first.example";
    public const string Second = "https://second.example";
    public const string Committee = "https://bank.example/dac";
    public const string Registry = "https://registry.example";
    public const string Dataset = "https://bank.example/datasets/main";

    public string Source { get; init; } = Registry;

    public string? By { get; init; }

    public long Expires { get; init; } = Now + 3600;

    public long Asserted { get; init; } = Now - 3600;

    public string? Conditions { get; init; }

    public static Claimed Grant(string issuer = First, string subject = "u1") =>
        new(issuer, subject, "ControlledAccessGrants", Dataset) { Source = Committee, By = "dac" };

    public static Claimed Link(string issuer, string subject, params (string Subject, string Issuer)[] others) => new(
        issuer, subject, "LinkedIdentities", string.Join(';', others.Select(o => $"{Uri.EscapeDataString(o.Subject)},{Uri.EscapeDataString(o.Issuer)}")));

    public JsonObject ToJson()
    {
        var says = new JsonObject { ["type"] = Type, ["asserted"] = Asserted, ["value"] = Value, ["source"] = Source };
        if (By is not null)
        {
            says["by"] = By;
        }

        if (Conditions is not null)
        {
            says["conditions"] = JsonNode.Parse(Conditions);
        }

        return new JsonObject { ["iss"] = Issuer, ["sub"] = Subject, ["iat"] = Now - 60, ["exp"] = Expires, ["ga4gh_visa_v1"] = says };
    }
}
