using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Kakehashi.Node.Passports;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.Node.Tests.Passports;

/// <summary>Cases written from the clauses of AAI 1.2.1 and Passport 1.2 by others, signed here and decided as at the node.</summary>
public sealed class PassportCasesTests : IDisposable
{
    private readonly Dictionary<string, VisaOffice> _offices = [];

    public void Dispose()
    {
        foreach (var office in _offices.Values)
        {
            office.Dispose();
        }
    }

    [Fact]
    public async Task Every_case_is_decided_as_its_clause_says()
    {
        var table = JsonNode.Parse(await File.ReadAllTextAsync(
            Shared.PathOf("checks/passport/passport-cases.json"), TestContext.Current.CancellationToken))!;

        List<string> wrong = [];
        foreach (var @case in table["cases"]!.AsArray())
        {
            var (decision, refused) = await DecideAsync(table, @case!);
            if ((decision.IsPermitted ? "allow" : "deny") != @case!["expect"]!.GetValue<string>())
            {
                wrong.Add($"{@case["name"]}: {string.Join(", ", decision.Reasons.Select(r => r.Code))} / {string.Join(", ", refused)}");
            }

            Assert.Equal(decision.IsPermitted, decision.Reasons.Count == 0); // a refusal always says why
        }

        Assert.Empty(wrong);
        Assert.Equal(62, table["cases"]!.AsArray().Count);
    }

    private async Task<(PassportDecision Decision, IEnumerable<string> Refused)> DecideAsync(JsonNode table, JsonNode @case)
    {
        var issuers = Texts(table["trustedIssuers"]!);
        var sources = Texts(table["trustedSources"]!).ToFrozenSet();
        var policy = new PassportPolicy(
            issuers.ToFrozenDictionary(issuer => issuer, _ => new TrustedSources(sources)),
            ["https://org.example/dac"],
            "node:test",
            @case["maxAuthzTTL"]?.GetValue<long>());
        var clearinghouse = new Clearinghouse(
            policy, issuers.ToDictionary(issuer => issuer, issuer => OfficeOf(issuer).Keys), new FixedClock(table["now"]!.GetValue<long>()));

        var visas = await clearinghouse.CheckAsync([.. @case["visas"]!.AsArray().Select(visa => Sign(visa!.AsObject()))], CancellationToken.None);
        var caller = new VisaIdentity("u1", "https://vi.example/a");
        return (
            clearinghouse.Decide(@case["dataset"]!.GetValue<string>(), caller, visas, @case["requestedTTL"]?.GetValue<int>() ?? 0),
            visas.Refused.Select(visa => visa.Code));
    }

    // The case's _header goes into the real header; RS256 unless it says otherwise.
    private string Sign(JsonObject @case)
    {
        var claims = @case.DeepClone().AsObject();
        var header = new JsonObject { ["alg"] = "RS256" };
        foreach (var (name, value) in claims["_header"]?.AsObject() ?? [])
        {
            header[name] = value!.DeepClone();
        }

        claims.Remove("_header");
        return OfficeOf(claims["iss"]?.GetValue<string>() ?? "nobody").Sign(claims, header);
    }

    private VisaOffice OfficeOf(string issuer)
    {
        if (!_offices.TryGetValue(issuer, out var office))
        {
            _offices[issuer] = office = new();
        }

        return office;
    }

    private static string[] Texts(JsonNode list) => [.. list.AsArray().Select(text => text!.GetValue<string>())];
}
